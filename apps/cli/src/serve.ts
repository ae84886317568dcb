import { exitStatus } from './exit-status.ts'
import { type JsonOption, print } from './output.ts'
import type { Shell } from './shell.ts'

/** A service that runs. */
export interface Running {
  readonly address: string
  close(): Promise<void>
}

/**
 * Starts a service, says in one line where it listens, and stays until somebody ends it: Ctrl-C with the status that shells know
 * for it, SIGTERM, as service managers send it, with success.
 */
export async function serveUntilStopped(
  { world, endWith }: Shell,
  options: JsonOption,
  start: () => Promise<Running>,
): Promise<void> {
  const stop = world.stop()
  const running = await start()
  try {
    const { address } = running
    print(world, options, { text: `listening on ${address}`, json: { address } })
    await aborted(stop)
  } finally {
    await running.close()
  }
  endWith(stopStatus(stop))
}

/** Waits until the signal aborts. */
export async function aborted(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return
  await new Promise((resolve) => {
    stop.addEventListener('abort', resolve, { once: true })
  })
}

/** The exit status of a command that was stopped. */
export function stopStatus({ reason }: AbortSignal): number {
  return reason === 'SIGTERM' ? exitStatus.done : exitStatus.interrupted
}
