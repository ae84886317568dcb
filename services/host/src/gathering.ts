/** How much is gathered at the most, and for how long, in milliseconds: usually, and when it is known that more will come. */
export interface GatheringLimits {
  readonly most: number
  readonly milliseconds: number
  readonly patience?: number
}

/**
 * Says, turn by turn of the event loop, whether more is worth waiting for: as long as each turn brings something, up to a number, and not
 * for ever. A loop that has something to do in each turn comes to its work sooner when it does that together.
 */
export class Gathering {
  readonly #limits: GatheringLimits
  #seen = 0
  #begun = 0

  constructor(limits: GatheringLimits) {
    this.#limits = limits
  }

  /** The first of what is gathered has come. */
  begin(): void {
    this.#begun = performance.now()
  }

  /** Says, once a turn, whether to wait for the next one: by how many there are, and by a number that is another one when the turn brought anything. */
  isWorthwhile(count: number, seen: number, isMoreAnnounced = false): boolean {
    const { most, milliseconds, patience = milliseconds } = this.#limits
    const hasSeen = seen !== this.#seen
    this.#seen = seen
    if (count >= most || !(hasSeen || isMoreAnnounced)) return false
    return performance.now() - this.#begun < (isMoreAnnounced ? patience : milliseconds)
  }
}
