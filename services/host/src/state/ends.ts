import type { Instant } from '@volact/core/time'

/** The end of a lease, as it was when it was put in. */
export interface LeaseEnd {
  readonly at: Instant
  /** Hexadecimal digits of machine and product. */
  readonly machine: string
  readonly product: string
}

/** Ends of leases, the earliest first: a binary heap. */
export class Ends {
  readonly #heap: LeaseEnd[] = []

  get first(): LeaseEnd | undefined {
    return this.#heap[0]
  }

  put(end: LeaseEnd): void {
    let place = this.#heap.push(end) - 1
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = this.#heap[above]
      if (parent === undefined || parent.at <= end.at) break
      this.#heap[place] = parent
      place = above
    }
    this.#heap[place] = end
  }

  takeFirst(): void {
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) this.#sink(last)
  }

  #sink(end: LeaseEnd): void {
    let place = 0
    for (;;) {
      const below = this.#earlier(2 * place + 1)
      const child = this.#heap[below]
      if (child === undefined || child.at >= end.at) break
      this.#heap[place] = child
      place = below
    }
    this.#heap[place] = end
  }

  /** Of a place and the one beside it, that of the earlier end. */
  #earlier(place: number): number {
    const [left, right] = [this.#heap[place], this.#heap[place + 1]]
    return left !== undefined && right !== undefined && right.at < left.at ? place + 1 : place
  }
}
