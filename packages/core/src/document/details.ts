import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectText } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborValue } from '../cbor/value.ts'
import { sha256 } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { cutText } from './cut-text.ts'
import { parseVector } from './hardware-id.ts'
import type { Vector } from './hardware-id.ts'
import { present, presentFields } from './present.ts'

/**
 * What a machine says about itself beside its request (protocol.md §6.2). It can be erased and the request's signature
 * still checked (rules 13, 31, 33).
 */
export interface Details {
  readonly name?: string
  readonly addresses?: readonly string[]
  readonly vector?: Vector
  readonly version?: string
  readonly system?: string
}

/** The longest texts, in UTF-16 code units, and the most addresses that details may hold. */
export const detailsLimits = { name: 255, addresses: 16, address: 64, version: 64, system: 128 } as const

/** The length of the salt beside the details, in bytes. Random, from the operating system (rule 53). */
export const saltLength = 16

/** Writes details as CBOR. Texts that are too long are cut, and addresses beyond the first sixteen left out. */
export function encodeDetails(details: Details): Uint8Array {
  const { name, addresses, vector, version, system } = details
  return encodeCbor(
    presentFields([
      [1, name === undefined ? undefined : cutText(name, detailsLimits.name)],
      [2, addresses?.slice(0, detailsLimits.addresses).map((address) => cutText(address, detailsLimits.address))],
      [3, vector],
      [4, version === undefined ? undefined : cutText(version, detailsLimits.version)],
      [5, system === undefined ? undefined : cutText(system, detailsLimits.system)],
    ]),
  )
}

/** Reads details; `MALFORMED` or `UNKNOWN_CRITICAL` for anything else. Nothing in them is proven. */
export function parseDetails(bytes: Uint8Array): Details {
  const fields = new Fields(decodeCbor(bytes), 'details')
  const details = present({
    name: fields.optional(1, (key) => fields.text(key, detailsLimits.name)),
    addresses: fields.optional(2, (key) => parseAddresses(fields.list(key, expectAddress))),
    vector: fields.optional(3, (key) => parseVector(fields.value(key), 'details: vector')),
    version: fields.optional(4, (key) => fields.text(key, detailsLimits.version)),
    system: fields.optional(5, (key) => fields.text(key, detailsLimits.system)),
  })
  fields.end()
  return details
}

/** Computes what a request says of its details: SHA-256 over the salt and the details as sent (protocol.md §6.1). */
export function detailsDigest(salt: Uint8Array, detailsBytes: Uint8Array): Uint8Array {
  return sha256(salt, detailsBytes)
}

function parseAddresses(addresses: readonly string[]): readonly string[] {
  if (addresses.length <= detailsLimits.addresses) return addresses
  throw new ActivationError('MALFORMED', `details: ${addresses.length} addresses, at most ${detailsLimits.addresses}`)
}

function expectAddress(value: CborValue, what: string): string {
  return expectText(value, what, detailsLimits.address)
}
