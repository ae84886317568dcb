import { decodeCbor } from '@volact/core/cbor/decode'
import { expectBytes } from '@volact/core/cbor/expect'
import { Fields } from '@volact/core/cbor/fields'
import { parseSign1 } from '@volact/core/cose/sign1'
import { parseDetails } from '@volact/core/document/details'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { Instant } from '@volact/core/time'
import type { DetailsRecord } from '@volact/ledger/details-record'

/** What the index takes from what lies beside an entry, as far as it was not erased. Nothing of it is proven, and it may be nonsense. */
export interface BesideFacts {
  readonly name?: string
  readonly address?: string
  readonly version?: string
  /** What the request says: activation ID of 16 bytes, license state, clock, and minutes until the state ends. */
  readonly product?: Uint8Array
  readonly state?: number
  readonly time?: Instant
  readonly minutesLeft?: number
}

/** Reads what lies beside an entry. The request's signature is not verified again: its entry names its digest. */
export function besideFacts(beside: DetailsRecord | undefined): BesideFacts {
  if (beside === undefined) return {}
  return { ...detailsFacts(beside.details), ...attemptOrNothing(() => askedIn(beside.request)) }
}

/** The same of the details alone. */
export function detailsFacts(details: Uint8Array | undefined): BesideFacts {
  return (details && attemptOrNothing(() => namesIn(details))) ?? {}
}

function namesIn(bytes: Uint8Array): BesideFacts {
  if (bytes.length === 0) return {} // Beside a release lie no details.
  const { name, addresses, version } = parseDetails(bytes)
  const [address] = addresses ?? []
  return { ...(name !== undefined && { name }), ...(address !== undefined && { address }), ...(version && { version }) }
}

/** Fields 4, 7, 8 and 9 of protocol.md §6.1; a release has none of the states. */
function askedIn(bytes: Uint8Array): BesideFacts {
  const payload = expectBytes(parseSign1(bytes).payload, 'request: payload')
  const fields = new Fields(decodeCbor(payload), 'request')
  const product = fields.bytes(4, 16)
  return { product, state: fields.uint(7), time: fields.uint(8), minutesLeft: fields.uint(9) }
}
