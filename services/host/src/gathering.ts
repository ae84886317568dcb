/** How much is gathered at the most, and for how long, in milliseconds: usually, and when it is known that more will come. */
export interface GatheringLimits {
  readonly most: number
  readonly milliseconds: number
  readonly patience?: number
}

/**
 * Says, turn by turn of the event loop, whether more is worth waiting for: as long as each turn brings something, up to a number, and not
 * for ever.
 */
export class Gathering {
  readonly #limits: GatheringLimits
  #count = 0
  #begun = 0

  constructor(limits: GatheringLimits) {
    this.#limits = limits
  }

  /** The first of what is gathered has come. */
  begin(): void {
    this.#begun = performance.now()
  }

  /** Says, once a turn, whether to wait for the next one, by how many there are. */
  isWorthwhile(count: number, isMoreAnnounced = false): boolean {
    const { most, milliseconds, patience = milliseconds } = this.#limits
    const hasGrown = count > this.#count
    this.#count = count
    if (count >= most || !(hasGrown || isMoreAnnounced)) return false
    return performance.now() - this.#begun < (isMoreAnnounced ? patience : milliseconds)
  }

  /** What was gathered is taken. */
  end(): void {
    this.#count = 0
  }
}
