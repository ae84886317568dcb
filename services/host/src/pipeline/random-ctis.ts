import { randomFillSync } from 'node:crypto'
import { ctiLength } from '@volact/core/document/limits'

const drawn = 1_024

/** Gives random `cti`s (rule 31), from the operating system, drawn many at a time: one at a time they cost more than a hash. */
export class RandomCtis {
  #bytes = new Uint8Array(0)
  #at = 0

  next(): Uint8Array {
    if (this.#at === this.#bytes.length) {
      this.#bytes = randomFillSync(new Uint8Array(drawn * ctiLength))
      this.#at = 0
    }
    this.#at += ctiLength
    return this.#bytes.subarray(this.#at - ctiLength, this.#at)
  }
}
