/**
 * What waits, shared fairly between the addresses it came from: they take turns, however much each of them has waiting. When it is
 * full, the address with most waiting loses its newest one to an address with less.
 * Invariant: an address is in `#lines` as long as it has something waiting, and in `#byLength` under that length.
 */
export class FairQueue<T> {
  readonly #capacity: number
  readonly #lines = new Map<string, T[]>()
  readonly #byLength: (Set<string> | undefined)[] = []
  #longest = 0
  #size = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** How much waits. */
  get size(): number {
    return this.#size
  }

  /** From how many addresses. */
  get addresses(): number {
    return this.#lines.size
  }

  /** Lets an item wait. What has to go for it is returned: the item itself, when no address has more waiting than its own. */
  add(address: string, item: T): T | undefined {
    const own = this.#lines.get(address)?.length ?? 0
    if (this.#size < this.#capacity) {
      this.#push(address, item)
      return undefined
    }
    if (own + 1 >= this.#longest) return item
    const displaced = this.#dropNewest()
    this.#push(address, item)
    return displaced
  }

  /** Takes the next item: the oldest one of the address whose turn it is. */
  take(): T | undefined {
    for (const [address, line] of this.#lines) {
      const item = line.shift()
      this.#size -= 1
      this.#move(address, line.length + 1, line.length)
      // To the end of the turns; a Map keeps the order in which its keys came.
      this.#lines.delete(address)
      if (line.length > 0) this.#lines.set(address, line)
      return item
    }
    return undefined
  }

  #push(address: string, item: T): void {
    const line = this.#lines.get(address) ?? []
    line.push(item)
    this.#lines.set(address, line)
    this.#size += 1
    this.#move(address, line.length - 1, line.length)
  }

  #dropNewest(): T | undefined {
    const [address] = this.#byLength[this.#longest] ?? []
    const line = address === undefined ? undefined : this.#lines.get(address)
    if (address === undefined || line === undefined) throw new Error('the longest line of a full queue is not empty')
    const item = line.pop()
    this.#size -= 1
    this.#move(address, line.length + 1, line.length)
    if (line.length === 0) this.#lines.delete(address)
    return item
  }

  #move(address: string, from: number, to: number): void {
    this.#byLength[from]?.delete(address)
    if (to > 0) (this.#byLength[to] ??= new Set()).add(address)
    this.#longest = Math.max(this.#longest, to)
    while (this.#longest > 0 && (this.#byLength[this.#longest]?.size ?? 0) === 0) this.#longest -= 1
  }
}
