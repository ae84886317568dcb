import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes, expectUint } from '@volact/core/cbor/expect'

/** What lies beside an entry and may be erased: the request as it was sent, and what the machine said of itself (rule 31). */
export interface DetailsRecord {
  /** Index of the entry. */
  readonly index: number
  readonly request: Uint8Array
  /** 16 bytes. */
  readonly salt: Uint8Array
  /** As sent. */
  readonly details: Uint8Array
}

/** Writes what lies beside an entry. */
export function encodeDetailsRecord({ index, request, salt, details }: DetailsRecord): Uint8Array {
  return encodeCbor([index, request, salt, details])
}

/** Reads what lies beside an entry; anything else is `MALFORMED`. */
export function parseDetailsRecord(bytes: Uint8Array): DetailsRecord {
  const what = 'record of details'
  const [index = null, request = null, salt = null, details = null] = expectArray(decodeCbor(bytes), what, 4)
  return {
    index: expectUint(index, `${what}: index`),
    request: expectBytes(request, `${what}: request`),
    salt: expectBytes(salt, `${what}: salt`),
    details: expectBytes(details, `${what}: details`),
  }
}
