import type { Duration } from '@volact/core/time'
import type { AgentLog } from './agent-event.ts'

/** The least time between two lines. */
const pause: Duration = 60

/** Writes of refused requests once a minute at most, so that whoever may ask cannot fill the disk. */
export class RefusalLog {
  readonly #log: AgentLog
  readonly #elapsed: () => Duration
  #written: Duration = -Infinity
  #count = 0

  constructor(log: AgentLog, elapsed: () => Duration) {
    this.#log = log
    this.#elapsed = elapsed
  }

  /** Counts one more; the sentence is that of the last before the line is written. */
  add(reason: string): void {
    this.#count += 1
    const now = this.#elapsed()
    if (now - this.#written < pause) return
    this.#log({ event: 'refused', reason, count: this.#count })
    this.#written = now
    this.#count = 0
  }
}
