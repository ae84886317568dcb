import { sha256Into } from '@volact/core/crypto'
import { digestLength } from '@volact/core/document/limits'
import type { RecognisedActivate } from '@volact/core/wire/recognise-activate'

/** How much of a digest is kept for a license, in bytes. */
export const stableLength = 8

/** More bytes than the stable part of any request has, with the key before it. */
const mostBytes = 8_192

/**
 * Computes the keyed digest of what is the same in each request of a license (rule 15): the key ID, and all that is signed but nonce, time,
 * minutes left, checkpoint, `prev` and list number; and salt and details, which lie beside. Under a secret key, so that nobody finds a
 * request that passes for another one's in the few bytes that are kept.
 */
export class StablePart {
  readonly #scratch = new Uint8Array(mostBytes)
  readonly #keyLength: number
  readonly digest: Uint8Array = new Uint8Array(32)

  constructor(key: Uint8Array) {
    this.#scratch.set(key)
    this.#keyLength = key.length
  }

  /** Computes the digest of a request into the first bytes of `digest`, which the next one overwrites. */
  compute({ bytes, envelope, fields, beside, besideEnd }: RecognisedActivate): void {
    let at = this.#take(bytes, envelope.machine, envelope.machine + digestLength, this.#keyLength)
    at = this.#take(bytes, fields.stable, fields.stableEnd, at)
    at = this.#take(bytes, fields.flagsKey, fields.flagsEnd, at)
    at = this.#take(bytes, beside, besideEnd, at)
    sha256Into(this.digest, 0, this.#scratch.subarray(0, at))
  }

  #take(bytes: Uint8Array, from: number, to: number, at: number): number {
    this.#scratch.set(bytes.subarray(from, to), at)
    return at + to - from
  }
}
