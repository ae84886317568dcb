import type { SignedData } from '@volact/core/cose/sign1'
import { verify } from '@volact/core/crypto'
import type { ParcelDone, Verifier } from './verifier.ts'

/**
 * Verifies signatures in the event loop, a parcel in a turn, so that requests are heard in between. For a machine with one core: there a
 * thread would take the same time from the loop, and that of its messages and of changing between the two on top.
 */
export class LoopVerifier implements Verifier {
  readonly size = 1
  readonly hasOwnCore = false
  #busy = 0
  #isClosed = false

  get busy(): number {
    return this.#busy
  }

  warm(): void {
    // There is nothing to start.
  }

  verify(signatures: readonly SignedData[], done: ParcelDone): void {
    this.#busy += 1
    setImmediate(() => {
      if (this.#isClosed) return
      const verdicts = signatures.map(({ key, data, signature }) => Number(verify(key, data, signature)))
      this.#busy -= 1
      done(Uint8Array.from(verdicts))
    })
  }

  close(): Promise<void> {
    this.#isClosed = true
    return Promise.resolve()
  }
}
