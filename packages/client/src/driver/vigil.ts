import type { Duration, Instant } from '@volact/core/time'
import type { DriverOptions, usualSurroundings } from './surroundings.ts'

/** Timers stand still while a machine sleeps, so that the clock on the wall is looked at once a minute, come what may. */
const longestWait = 60

/** How often the addresses are looked at while another network would help. */
const watchfulWait = 10

/** A wait that took so much longer was spent asleep, or the clock was set. */
const jumpSeconds = 90

/** What ended a vigil: the time came, somebody rang, the clock jumped, another program wrote, the network changed. */
export type Occasion = 'due' | 'rung' | 'jump' | 'change' | 'network'

/** What is waited for. */
export interface Awaited {
  /** How long until something is due; it may be infinite. */
  readonly seconds: Duration
  /** Whether a change of the network would bring it forward. */
  readonly network: boolean
  /** A text that changes with the folder. */
  readonly stamp: () => string
}

/** What a vigil needs of the world. */
export type VigilSurroundings = { readonly now: () => Instant } & Pick<DriverOptions, 'network'> &
  typeof usualSurroundings

/** Waits between two things that a driver does. */
export class Vigil {
  readonly #surroundings: VigilSurroundings
  readonly #passed: (seconds: Duration) => void
  readonly #unsubscribe: (() => void) | undefined
  #bell = new AbortController()
  #isOtherNetwork = false

  /** `passed` is told of the seconds that were waited for. */
  constructor(surroundings: VigilSurroundings, passed: (seconds: Duration) => void) {
    this.#surroundings = surroundings
    this.#passed = passed
    this.#unsubscribe = surroundings.network?.(() => {
      this.#isOtherNetwork = true
      this.ring()
    })
  }

  /** Ends the vigil that is kept, or the next one at once. */
  ring(): void {
    this.#bell.abort()
  }

  /** Listens to nobody any more. */
  close(): void {
    this.#unsubscribe?.()
    this.ring()
  }

  /** Waits until there is something to do. */
  async keep({ seconds, network, stamp }: Awaited): Promise<Occasion> {
    const known = { stamp: stamp(), addresses: this.#addresses(network) }
    for (let left = seconds; ;) {
      const pause = Math.max(Math.min(left, known.addresses === undefined ? longestWait : watchfulWait), 1)
      const isJump = await this.#wait(pause)
      left -= pause
      if (this.#bell.signal.aborted) return this.#rung()
      if (isJump) return 'jump'
      if (this.#addresses(network) !== known.addresses) return 'network'
      if (left <= 0) return 'due'
      if (stamp() !== known.stamp) return 'change'
    }
  }

  /** Says whether another time has passed than was waited for. */
  async #wait(seconds: Duration): Promise<boolean> {
    const { now, wait } = this.#surroundings
    const before = now()
    await wait(seconds, this.#bell.signal)
    const ran = now() - before
    const isJump = ran < -jumpSeconds || ran > seconds + jumpSeconds
    if (!isJump) this.#passed(Math.max(Math.min(ran, seconds), 0))
    return isJump
  }

  #rung(): Occasion {
    const occasion = this.#isOtherNetwork ? 'network' : 'rung'
    this.#bell = new AbortController()
    this.#isOtherNetwork = false
    return occasion
  }

  /** Looked at only where it would help, and nothing else tells of changes. */
  #addresses(isWatched: boolean): string | undefined {
    const { network, addresses } = this.#surroundings
    return isWatched && network === undefined ? addresses() : undefined
  }
}
