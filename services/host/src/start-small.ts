import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'

/** How long the rest of a start is given, such as the index that comes up in its thread, in milliseconds. */
const settling = 5_000

/**
 * Starts something whose start leaves garbage that its work never does again: code that is compiled, a pack that is read. The space for young
 * objects would grow with that by a dozen megabytes, and keep them; so it grows only afterwards, when there is work that it speeds up.
 */
export async function startSmall<T>(start: () => Promise<T>): Promise<T> {
  // On a single core the threads that help to collect garbage only take turns with the one that waits for them.
  if (availableParallelism() === 1) setFlagsFromString('--no-parallel-scavenge')
  setFlagsFromString('--semi-space-growth-factor=1')
  try {
    return await start()
  } finally {
    setTimeout(() => {
      setFlagsFromString('--semi-space-growth-factor=2')
    }, settling).unref()
  }
}
