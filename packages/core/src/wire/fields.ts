import { expectArray, expectBytes, expectUint } from '../cbor/expect.ts'
import type { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import type { EntitledGroup } from '../document/entitlement.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { chainLimit } from './limits.ts'

/** One key of a message with its value; `undefined` is left out. */
export type MessageField = readonly [number, CborValue | undefined]

/** Reads one to five certificates in DER. They are looked at when the path is checked. */
export function readChain(fields: Fields, key: CborKey): readonly Uint8Array[] {
  const chain = fields.list(key, (certificate, what) => expectBytes(certificate, what))
  if (chain.length > 0 && chain.length <= chainLimit) return chain
  throw new ActivationError('MALFORMED', `message: a chain has 1 to ${chainLimit} certificates, not ${chain.length}`)
}

/** Reads pairs of key group and generation. */
export function readGroups(fields: Fields, key: CborKey): readonly EntitledGroup[] {
  return fields.list(key, (value, what) => {
    const [group = null, generation = null] = expectArray(value, what, 2)
    return { group: expectUint(group, what), generation: expectUint(generation, what) }
  })
}

/** Writes pairs of key group and generation. */
export function writeGroups(groups: readonly EntitledGroup[]): CborValue {
  return groups.map(({ group, generation }) => [group, generation])
}
