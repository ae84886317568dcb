import { describe, expect, it } from 'vitest'
import { toHex } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { isCborArray, isCborMap } from '../cbor/value.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { coseKeyOf } from '../cose/key.ts'
import { generatePrivateKey, signerFromPkcs8 } from '../crypto.ts'
import { bitFlips, codeOf, looseForms, truncations, without, withField, wrongTypes } from './decoder-laws.fixture.ts'
import { filled, hardware, TestHost } from './host.fixture.ts'
import { outcomes } from './outcomes.fixture.ts'
import { encodeEntry, entryIndex, entryTime, parseEntry } from './ledger-entry.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import type { PlainEntry } from './plain-entry.ts'

const signingKey = signerFromPkcs8(generatePrivateKey('ESP256')).publicKey
const position = { index: 3, time: 1_700_000_000 }
const cti = filled(9, 16)

const plain: readonly PlainEntry[] = [
  {
    ...{ kind: 'host-activation', index: 0, time: 1_700_000_000, signingKey },
    ...{ recoveryKey: filled(1), noteKey: filled(2), hardware, cti },
  },
  { kind: 'certificate', ...position, x5t: filled(1), notAfter: 1_900_000_000 },
  {
    ...{ kind: 'sighting', ...position, machine: filled(1), anchor: filled(2), application: filled(3, 16), cti },
    flags: { weak: false, virtual: true, ephemeral: false },
  },
  {
    kind: 'release',
    ...position,
    machine: filled(1),
    product: filled(2, 16),
    grant: filled(3, 16),
    req: filled(4),
    cti,
  },
  { kind: 'disputed', ...position, grant: filled(3, 16), req: filled(4) },
  { kind: 'administrative', ...position, act: 'clock-accepted', arguments: new Map([['from', 1]]), cti },
  { kind: 'recovery', ...position, document: filled(1, 100) },
  { kind: 'forgotten', ...position, indexes: [1, 2] },
  { kind: 'note-key', ...position, noteKey: filled(1) },
]

function parseParts(...parts: readonly CborValue[]): LedgerEntry {
  return parseEntry(encodeCbor(parts))
}

function bodyOf(entry: LedgerEntry): readonly [kind: CborValue, index: CborValue, time: CborValue, body: CborMap] {
  const value = decodeCbor(encodeEntry(entry))
  const [kind = null, index = null, time = null, body = null] = isCborArray(value) ? value : []
  if (!isCborMap(body)) throw new Error('not an entry')
  return [kind, index, time, body]
}

describe('a ledger entry', () => {
  it.each(plain)('of the kind $kind is read as it was written', (entry) => {
    expect(parseEntry(encodeEntry(entry))).toEqual(entry)
    expect(entryIndex(entry)).toBe(entry.index)
    expect(entryTime(entry)).toBe(1_700_000_000)
  })

  it('of the kind grant is the tagged claims themselves (rule 23)', () => {
    const grant = new TestHost().grant()
    const entry = { kind: 'grant', grant } as const
    expect(parseEntry(encodeEntry(entry))).toEqual(entry)
    expect(entryIndex(entry)).toBe(2)
    expect(entryTime(entry)).toBe(grant.issued)
  })

  it('has the number of its kind first, as protocol.md §7.2 lists them', () => {
    expect(plain.map((entry) => bodyOf(entry)[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('of a refusal does not exist (rule 24)', () => {
    for (const number of [9, 10, 11, 255]) {
      expect(codeOf(() => parseParts(number, 3, 4, new Map()))).toBe('UNKNOWN_CRITICAL')
    }
  })

  it.each(plain)('of the kind $kind refuses fields of newer versions that must be understood', (entry) => {
    const [kind, index, time, body] = bodyOf(entry)
    expect(codeOf(() => parseParts(kind, index, time, withField(body, 9, 1)))).toBe('UNKNOWN_CRITICAL')
    expect(parseParts(kind, index, time, withField(body, -9, 1))).toEqual(entry)
  })

  it.each(plain)('of the kind $kind with a field missing or of another type is refused', (entry) => {
    const [kind, index, time, body] = bodyOf(entry)
    for (const key of body.keys()) {
      expect(codeOf(() => parseParts(kind, index, time, without(body, key)))).toBe('MALFORMED')
    }
    const codes = outcomes(wrongTypes(body), (wrong) => parseParts(kind, index, time, wrong))
    expect(codes).toEqual(['MALFORMED'])
  })

  it.each(plain)('of the kind $kind cut short or loosely encoded is malformed', (entry) => {
    const bytes = encodeEntry(entry)
    expect(outcomes([...truncations(bytes), ...looseForms(bytes)], parseEntry)).toEqual(['MALFORMED'])
  })

  it.each(plain)('of the kind $kind with any bit flipped is what it says then, or refused with a code', (entry) => {
    const codes = outcomes(bitFlips(encodeEntry(entry)), (flipped) => {
      if (toHex(encodeEntry(parseEntry(flipped))) !== toHex(flipped)) throw new Error('read as something else')
    })
    expect(['MALFORMED', 'UNKNOWN_CRITICAL', 'none']).toEqual(expect.arrayContaining([...codes]))
  })

  const [activation, , , , , act] = plain.map(bodyOf)

  it('host activation stands nowhere but at the beginning (rule 7)', () => {
    expect(codeOf(() => parseParts(0, 1, 4, activation?.[3] ?? null))).toBe('MALFORMED')
  })

  it('host activation names a P-256 key, never a polymorphic or another one (rule 12)', () => {
    const ed25519 = coseKeyOf(signerFromPkcs8(generatePrivateKey('Ed25519')).publicKey)
    expect(codeOf(() => parseParts(0, 0, 4, withField(activation?.[3] ?? new Map(), 1, ed25519)))).toBe('MALFORMED')
  })

  it('administrative names its arguments with texts', () => {
    const byNumber = withField(act?.[3] ?? new Map(), 2, new Map([[1, 'x']]))
    expect(codeOf(() => parseParts(5, 3, 4, byNumber))).toBe('MALFORMED')
  })

  it('forgotten names at least one index', () => {
    expect(codeOf(() => parseParts(7, 3, 4, new Map([[1, []]])))).toBe('MALFORMED')
  })

  it.each([
    ['three parts', [1, 2, 3]],
    ['a negative index', [8, -1, 3, new Map([[1, filled(1)]])]],
    ['a text as time', [8, 1, 'x', new Map([[1, filled(1)]])]],
    ['a kind that is no number', ['x', 1, 3, new Map([[1, filled(1)]])]],
    ['no map', [8, 1, 3, filled(1)]],
  ])('with %s is malformed', (_, parts) => {
    expect(codeOf(() => parseParts(...(parts as CborValue[])))).toBe('MALFORMED')
  })
})
