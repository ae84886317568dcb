/** Bytes of a key. */
export const sipKeyLength = 16

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): 64 bits of a keyed hash, in two halves. Who does not know the key cannot make two inputs
 * that meet, so that tables keyed with it cannot be filled with collisions. It allocates nothing: the result lies in `low` and `high`.
 */
export class SipHash {
  low = 0
  high = 0
  readonly #key: Uint32Array

  constructor(key: Uint8Array) {
    if (key.length !== sipKeyLength) throw new Error(`a SipHash key has ${sipKeyLength} bytes, not ${key.length}`)
    this.#key = Uint32Array.from({ length: 4 }, (_, word) => wordAt(key, 4 * word))
  }

  /**
   * Hashes `length` bytes from an offset on. v0 … v3 are a … d, in halves of 32 bits; they stay in local variables, and the round stands
   * here once, because calls and fields cost more than the arithmetic.
   */
  hash(bytes: Uint8Array, offset: number, length: number): void {
    const key = this.#key
    let a = (key[0] ?? 0) ^ 0x70736575
    let aHigh = (key[1] ?? 0) ^ 0x736f6d65
    let b = (key[2] ?? 0) ^ 0x6e646f6d
    let bHigh = (key[3] ?? 0) ^ 0x646f7261
    let c = (key[0] ?? 0) ^ 0x6e657261
    let cHigh = (key[1] ?? 0) ^ 0x6c796765
    let d = (key[2] ?? 0) ^ 0x79746573
    let dHigh = (key[3] ?? 0) ^ 0x74656462
    const last = length >>> 3
    for (let block = 0; block <= last + 1; block += 1) {
      const at = offset + 8 * block
      const isEnd = block > last
      let low = 0
      let high = 0
      if (isEnd) c ^= 0xff
      else if (block < last) {
        low = wordAt(bytes, at)
        high = wordAt(bytes, at + 4)
      } else {
        low = rest(bytes, at, offset + length)
        high = rest(bytes, at + 4, offset + length) | (length << 24)
      }
      d ^= low
      dHigh ^= high
      for (let round = isEnd ? 4 : 2; round > 0; round -= 1) {
        let sum = (a + b) | 0
        aHigh = (aHigh + bHigh + carry(a, b, sum)) | 0
        a = sum
        sum = (c + d) | 0
        cHigh = (cHigh + dHigh + carry(c, d, sum)) | 0
        c = sum
        let turned = (b << 13) | (bHigh >>> 19)
        bHigh = ((bHigh << 13) | (b >>> 19)) ^ aHigh
        b = turned ^ a
        turned = (d << 16) | (dHigh >>> 16)
        dHigh = ((dHigh << 16) | (d >>> 16)) ^ cHigh
        d = turned ^ c
        // a is turned by 32, below c, too: the halves change places.
        turned = a
        a = aHigh
        aHigh = turned
        sum = (c + b) | 0
        cHigh = (cHigh + bHigh + carry(c, b, sum)) | 0
        c = sum
        sum = (a + d) | 0
        aHigh = (aHigh + dHigh + carry(a, d, sum)) | 0
        a = sum
        turned = (b << 17) | (bHigh >>> 15)
        bHigh = ((bHigh << 17) | (b >>> 15)) ^ cHigh
        b = turned ^ c
        turned = (d << 21) | (dHigh >>> 11)
        dHigh = ((dHigh << 21) | (d >>> 11)) ^ aHigh
        d = turned ^ a
        turned = c
        c = cHigh
        cHigh = turned
      }
      a ^= low
      aHigh ^= high
    }
    this.low = (a ^ b ^ c ^ d) >>> 0
    this.high = (aHigh ^ bHigh ^ cHigh ^ dHigh) >>> 0
  }
}

/** What an addition of 32 bits carries, by whole numbers alone. */
function carry(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31
}

/** Four bytes, the first one lowest. */
function wordAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

/** What there is of four bytes before the end. */
function rest(bytes: Uint8Array, at: number, end: number): number {
  let word = 0
  for (let byte = at; byte < Math.min(at + 4, end); byte += 1) word |= (bytes[byte] ?? 0) << (8 * (byte - at))
  return word
}
