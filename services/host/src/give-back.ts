import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often it is looked whether there is work, in milliseconds. */
const period = 5_000
/** Part of its time that an event loop at rest works. */
const rest = 0.05

type Collect = (how: { readonly execution: 'sync'; readonly type: 'major'; readonly flavor: 'last-resort' }) => void

/**
 * Gives memory back whenever work has ended, that of the start or a burst of requests: V8 keeps the space for young objects as large as it
 * has grown, until a collection that is told to shrink it. That holds the event loop up, so it happens once after each stretch of work.
 */
export function giveBackAtRest(): void {
  let since = performance.eventLoopUtilization()
  let hasWorked = true
  setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(since)
    if (utilization >= rest) hasWorked = true
    else if (hasWorked) {
      hasWorked = false
      collect()
    }
    // Behind the collection, which is no work.
    since = performance.eventLoopUtilization()
  }, period).unref()
}

function collect(): void {
  setFlagsFromString('--expose-gc')
  // Only a context that is made after this flag has the function.
  const gc = runInNewContext('gc') as Collect
  // Any other flavor leaves the space for young objects as it is.
  gc({ execution: 'sync', type: 'major', flavor: 'last-resort' })
}
