import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { StrangerLimits } from './strangers/limits.ts'

/** A host in a process of its own, which can be killed. */
export interface HostChild {
  readonly running: ChildProcess
  readonly address: string
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>
}

const program = fileURLToPath(new URL('serve-child.fixture.ts', import.meta.url))

/** Starts a host's folder, all strangers let in if not said otherwise; `before` are commands of the shell that becomes the host. */
export async function serveInChild(
  dir: string,
  { before = '', strangers }: { readonly before?: string; readonly strangers?: Partial<StrangerLimits> } = {},
): Promise<HostChild> {
  const limits = strangers === undefined ? [] : [JSON.stringify(strangers)]
  return startedBy('bash', ['-c', `${before}exec "$0" "$@"`, ...hostLine(dir), ...limits])
}

/** Starts a host in namespaces of its own, on a small disk that has a copy of a folder; nobody else sees that disk. */
export async function serveOnSmallDisk(folder: string, disk: string, megabytes: number): Promise<HostChild> {
  const prepare = `mount -t tmpfs -o size=${megabytes}m tmpfs "${disk}" && cp -a "${folder}" "${disk}/host" && `
  return serveInNamespaces(prepare, `${disk}/host`)
}

/** Starts a host in namespaces of its own (`-m` is root’s alone), once a script has prepared its disks there. */
export async function serveInNamespaces(prepare: string, dir: string, kinds = '-Urm'): Promise<HostChild> {
  return startedBy('unshare', [kinds, 'bash', '-c', `${prepare}exec "$0" "$@"`, ...hostLine(dir)])
}

function hostLine(dir: string): readonly string[] {
  return [process.execPath, '--conditions=volact-source', '--no-warnings', program, dir]
}

async function startedBy(command: string, line: readonly string[]): Promise<HostChild> {
  const running = spawn(command, line, { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = async (): Promise<void> => {
    if (running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }
  onTestFinished(kill)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  running.stdout.once('data', (said: Buffer) => {
    resolve(said.toString().trim())
  })
  running.once('exit', (code) => {
    reject(new Error(`the host has ended with ${code ?? 'a signal'}`))
  })
  return { running, address: await promise, kill }
}
