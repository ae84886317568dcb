import { randomBytes } from 'node:crypto'
import { concat, equal, toHex } from '@volact/core/bytes'
import { hmacSha256 } from '@volact/core/crypto'
import { challengeLength } from '@volact/core/document/request'
import type { Instant } from '@volact/core/time'
import { challengePeriod } from './limits.ts'

/**
 * Makes and checks challenges without keeping any (rule 16, protocol.md §6.4). The key lives as long as the process: after a
 * restart a client is asked once more.
 */
export class Challenges {
  readonly #key: Uint8Array
  /** Digests of the answers that were taken in this period, and in the one before. */
  #current = new Set<string>()
  #before: ReadonlySet<string> = new Set()
  #period = 0

  constructor(key: Uint8Array = randomBytes(32)) {
    this.#key = key
  }

  /** Gives the challenge for a machine at a time: 16 bytes. */
  make(machine: Uint8Array, now: Instant): Uint8Array {
    return this.#of(machine, Math.floor(now / challengePeriod))
  }

  /** Whether it is the challenge of this period or of the one before. */
  isGood(challenge: Uint8Array | undefined, machine: Uint8Array, now: Instant): boolean {
    if (challenge === undefined) return false
    const period = Math.floor(now / challengePeriod)
    return [period, period - 1].some((candidate) => equal(challenge, this.#of(machine, candidate)))
  }

  /** Takes an answer to a challenge, by its digest, once: a recording of it changes nothing while the challenge is still good. */
  spend(answer: Uint8Array, now: Instant): boolean {
    this.#turn(Math.floor(now / challengePeriod))
    const digest = toHex(answer)
    if (this.#current.has(digest) || this.#before.has(digest)) return false
    this.#current.add(digest)
    return true
  }

  #turn(period: number): void {
    if (period === this.#period) return
    this.#before = period === this.#period + 1 ? this.#current : new Set()
    this.#current = new Set()
    this.#period = period
  }

  #of(machine: Uint8Array, period: number): Uint8Array {
    const number = new DataView(new ArrayBuffer(8))
    number.setBigUint64(0, BigInt(period))
    return hmacSha256(this.#key, concat(machine, new Uint8Array(number.buffer))).slice(0, challengeLength)
  }
}
