/** How often the same bytes are answered at once, before they wait with the strangers (rule 17). */
const freeRepeats = 3

/** The most grants whose repeats are counted; the oldest make way, for repeats of them have become rare. */
const mostCounted = 4_096

/** Counts how often a granted request has come again. */
export class RepeatCounter {
  /** By the index of the grant, in the order of the first repeat. */
  readonly #counts = new Map<number, number>()

  /** Counts a repeat, and says whether it is one of the first three. */
  isFree(index: number): boolean {
    const count = (this.#counts.get(index) ?? 0) + 1
    this.#counts.set(index, Math.min(count, freeRepeats + 1))
    if (this.#counts.size > mostCounted) for (const oldest of this.#counts.keys()) return this.#forget(oldest, count)
    return count <= freeRepeats
  }

  #forget(oldest: number, count: number): boolean {
    this.#counts.delete(oldest)
    return count <= freeRepeats
  }
}
