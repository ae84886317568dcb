/** What waits in memory, over all connections of a server: it is bounded, so that who sends and does not read cannot fill the memory. */
export class Backlog {
  readonly #most: number
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether so much waits that connections are read one request at a time. */
  get isTight(): boolean {
    return this.#bytes >= this.#most / 2
  }

  /** Whether no more may wait. */
  get isFull(): boolean {
    return this.#bytes >= this.#most
  }

  /** Adds what waits from now on, or takes away what does not any more. */
  hold(bytes: number): void {
    this.#bytes += bytes
  }
}
