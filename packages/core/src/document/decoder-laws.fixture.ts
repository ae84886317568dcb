import { concat } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { isCborArray, isCborMap } from '../cbor/value.ts'
import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { ErrorCode } from '../errors/table.ts'

/** Gives the code with which something fails, or `undefined` when it does not; any other exception goes on. */
export function codeOf(act: () => unknown): ErrorCode | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof ActivationError) return error.code
    throw error
  }
}

/** Everything that begins like the bytes and ends earlier, nothing at all included. */
export function truncations(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (_, length) => bytes.slice(0, length))
}

/** The bytes with a single bit turned over: each of them, or each `step`-th where a trial is slow. */
export function bitFlips(bytes: Uint8Array, step = 1): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil((bytes.length * 8) / step) }, (_, index) => {
    const bit = index * step
    const flipped = bytes.slice()
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return flipped
  })
}

/** Encodings of the same value, or nearly, that no strict decoder takes. */
export function looseForms(bytes: Uint8Array): readonly Uint8Array[] {
  const [head = 0] = bytes
  const trailing = concat(bytes, Uint8Array.of(0))
  const nonShortest = concat(Uint8Array.of((head & 0xe0) | 24, head & 31), bytes.subarray(1))
  return [trailing, nonShortest, ...duplicatedKeys(decodeCbor(bytes))]
}

/** The value with each of its immediate parts replaced by values of every other type, and each part left out. */
export function wrongTypes(value: CborMap): readonly CborMap[] {
  return [...value].flatMap(([key, right]) => [
    without(value, key),
    ...samples.filter((sample) => typeName(sample) !== typeName(right)).map((sample) => withField(value, key, sample)),
  ])
}

/** A copy of the map with one field set. */
export function withField(map: CborMap, key: CborKey, value: CborValue): CborMap {
  return new Map([...map, [key, value]])
}

/** A copy of the map without one field. */
export function without(map: CborMap, key: CborKey): CborMap {
  return new Map([...map].filter(([other]) => other !== key))
}

const samples: readonly CborValue[] = [
  ...[-1, 2 ** 53 - 1, 'text', true, null, [], new Map()],
  ...[new Uint8Array(3), { tag: 1, value: 0 }],
]

function typeName(value: CborValue): string {
  if (value instanceof Uint8Array) return 'bytes'
  if (isCborArray(value)) return 'array'
  return isCborMap(value) ? 'map' : typeof value
}

function duplicatedKeys(value: CborValue): readonly Uint8Array[] {
  if (!isCborMap(value) || value.size > 22) return []
  const fields = [...value].map(([key, field]) => concat(encodeCbor(key), encodeCbor(field)))
  return fields.map((field, at) => concat(Uint8Array.of(0xa0 + value.size + 1), ...fields.toSpliced(at, 0, field)))
}
