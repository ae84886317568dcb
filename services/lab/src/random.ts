/** Gives whole numbers from 0 to below the bound. */
export type RandomNumber = (bound: number) => number

/**
 * Makes a source of repeatable numbers for names, order, times and hardware: the same from one seed on every machine. Never for keys,
 * nonces or salts (rule 53). The generator is mulberry32.
 */
export function seededRandom(seed: number): RandomNumber {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}

/** Gives the items in a random order. */
export function shuffled<T>(items: readonly T[], random: RandomNumber): readonly T[] {
  const left = [...items]
  return items.flatMap(() => left.splice(random(left.length), 1))
}

/** Gives one of the items. */
export function pick<T>(items: readonly [T, ...T[]], random: RandomNumber): T {
  return items[random(items.length)] ?? items[0]
}

/** Gives hexadecimal digits. */
export function randomHex(digits: number, random: RandomNumber): string {
  return Array.from({ length: digits }, () => random(16).toString(16)).join('')
}
