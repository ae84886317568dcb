/** One more than the number of a row has 26 bits; the six above are those of its key, so that a wrong row is seldom looked at. */
export const rowMask = 0x3ffffff

/** What a slot has of a row. */
export function entryOf(row: number, high: number): number {
  return ((tagOf(high) << 26) | (row + 1)) >>> 0
}

/** The row of an entry; −1 for an empty slot. */
export function rowOf(entry: number): number {
  return (entry & rowMask) - 1
}

/** The bits of a key that an entry has. */
export function tagOf(high: number): number {
  return high >>> 26
}
