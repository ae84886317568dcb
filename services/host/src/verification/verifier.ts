import type { SignedData } from '@volact/core/cose/sign1'

/** A parcel under way: called with what was found for each signature, in order; 1 for one that holds. */
export type ParcelDone = (verdicts: Uint8Array) => void

/** What verifies parcels of signatures. */
export interface Verifier {
  /** How many parcels are verified side by side. */
  readonly size: number
  /** Whether it has cores beside that of the event loop, which it then does not take time from. */
  readonly hasOwnCore: boolean
  /** Number of parcels that are under way. */
  readonly busy: number
  /** Gets ready, so that the first who asks does not wait for that. */
  warm(): void
  /** Verifies a parcel. After `close` nothing is called any more. */
  verify(signatures: readonly SignedData[], done: ParcelDone): void
  close(): Promise<void>
}
