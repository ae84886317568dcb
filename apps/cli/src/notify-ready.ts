import { spawn } from 'node:child_process'

/**
 * Tells systemd that the service is ready, where it asked for that (`Type=notify`). Node has no datagrams on Unix sockets, so its own
 * program sends it; the unit needs `NotifyAccess=all`.
 */
export function notifyReady(env: Readonly<Record<string, string | undefined>>): void {
  if (env['NOTIFY_SOCKET'] === undefined) return
  const notifier = spawn('systemd-notify', ['--ready', `--pid=${process.pid}`], { stdio: 'ignore' })
  notifier.on('error', () => undefined)
  notifier.unref()
}
