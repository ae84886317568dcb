import type { MachineFlags } from '@volact/core/document/flags'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { HostEvent } from './host-event.ts'

/** A request that was refused. What is known depends on how far it came; bytes are only looked at during the call. */
export interface RefusedRequest {
  readonly code: ErrorCode
  /** The address that the connection came from, without a port. */
  readonly address: string
  /** Machine ID, 32 bytes; only where the request's signature holds. */
  readonly machine?: Uint8Array
  /** Activation ID, 16 bytes. */
  readonly product?: Uint8Array
  /** The license state that the client named, 0 to 6. */
  readonly state?: number
  /** What lies beside the request, as sent; its name is read in the thread of the index. Nothing of it is proven. */
  readonly details?: Uint8Array
  readonly flags?: MachineFlags
  /** The client's clock, and the minutes until its state ends. */
  readonly time?: Instant
  readonly minutesLeft?: number
  /** The count that was told, and the threshold it did not reach. */
  readonly count?: number
  readonly threshold?: number
}

/**
 * Is told by the pipeline what happens. No call waits, fails or costs more than a few microseconds: what is made of it is made in
 * another thread. A challenge is no refusal, and the same bytes once more (rule 17) are no new request: neither is told.
 */
export interface HostObserver {
  /** The ledger of a vendor has `size` durable entries, and what lies beside them is written, too. */
  grown(vendor: string, size: number): void
  /** A request got a refusal; `vendor` is empty where the product is nobody's. */
  refused(vendor: string, request: RefusedRequest): void
  event(event: HostEvent): void
  /** What a person should know, in a sentence. It may be handed on without its object. */
  readonly note: (text: string) => void
}
