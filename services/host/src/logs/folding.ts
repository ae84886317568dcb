import type { Duration, Instant } from '@volact/core/time'
import type { LogEvent } from './log-event.ts'

/** For how long the same is said but once, in seconds; and how many different events are remembered for that. */
const window: Duration = 60
const mostRemembered = 256

interface Said {
  readonly event: LogEvent
  readonly until: Instant
  more: number
}

/** Folds what is said again and again: the first time at once, the others as a number when a minute is over. */
export class Folding {
  readonly #said = new Map<string, Said>()

  /** Gives what is to be written now that an event has come. */
  take(event: LogEvent, now: Instant): readonly LogEvent[] {
    const over = this.due(now)
    const key = `${event.level} ${event.event} ${event.text}`
    const said = this.#said.get(key)
    if (said !== undefined) {
      said.more += 1
      return over
    }
    if (this.#said.size < mostRemembered) this.#said.set(key, { event, until: now + window, more: 0 })
    return [...over, event]
  }

  /** Gives what is to be written of those whose minute is over; of all with `Infinity`. */
  due(now: Instant): readonly LogEvent[] {
    const over = [...this.#said].filter(([, { until }]) => now >= until)
    for (const [key] of over) this.#said.delete(key)
    return over.flatMap(([, { event, more }]) => (more === 0 ? [] : [folded(event, more)]))
  }
}

function folded(event: LogEvent, more: number): LogEvent {
  const times = more === 1 ? 'once more' : `${more} times more`
  return { ...event, text: `${event.text} (${times} within a minute)`, fields: { ...event.fields, repeated: more } }
}
