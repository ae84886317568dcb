import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectMap } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { thumbprint } from '../cose/key.ts'
import { parseSign1 } from '../cose/sign1.ts'
import { keyUsageOids } from '../x509/oids.ts'
import { makeIssuing, makeLeaf, makeRoot, newSigner, validFrom, validUntil } from './certificates.fixture.ts'
import { signChainDocument } from './chain-document.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, wrongTypes } from './decoder-laws.fixture.ts'
import { isNewerList } from './list-number.ts'
import { isRevoked, openRevocationList, revocationOf, signRevocationList } from './revocation-list.ts'
import type { Revocation } from './revocation-list.ts'

const root = makeRoot()
const issuing = makeIssuing(root)
const lister = makeLeaf(root, keyUsageOids.revocationList, { name: 'Lists' })
const host = makeLeaf(issuing, keyUsageOids.hostReceipt, { name: 'Host', serial: 7 })
const roots = [root.certificate]
const at = validFrom + 1_000

const bySerial: Revocation = {
  subject: { kind: 'serial', id: host.certificate.serial },
  cutoff: at,
  void: false,
  expires: validUntil,
}
const byKey: Revocation = {
  ...bySerial,
  subject: { kind: 'key', id: thumbprint(host.signer.publicKey) },
  cutoff: at + 100,
  void: true,
}
const content = { number: 3, issued: at, revoked: [bySerial, byKey] }
const signed = signRevocationList(content, lister.der, lister.signer)
const payload = expectMap(decodeCbor(parseSign1(signed).payload ?? new Uint8Array()), 'payload')

function forge(value: CborValue): Uint8Array {
  return signChainDocument({ kind: 'revocation-list', payload: encodeCbor(value), chain: [lister.der] }, lister.signer)
}

describe('a revocation list', () => {
  it('comes back as it was signed, its epoch the start of its certificate (rule 44)', () => {
    expect(openRevocationList(signed, roots, at)).toEqual({ ...content, epoch: validFrom })
    expect(codeOf(() => openRevocationList(forge(withField(payload, 2, validFrom + 1)), roots, at))).toBe('MALFORMED')
  })

  it('is signed by a key directly under the root, never under issuing (rule 44)', () => {
    const below = makeLeaf(issuing, keyUsageOids.revocationList)
    expect(codeOf(() => openRevocationList(signRevocationList(content, below.der, below.signer), roots, at))).toBe(
      'ROOT_UNKNOWN',
    )
    const chain = [below.der, issuing.der] as const
    const withChain = signChainDocument({ kind: 'revocation-list', payload: encodeCbor(payload), chain }, below.signer)
    expect(codeOf(() => openRevocationList(withChain, roots, at))).toBe('CHAIN_INVALID')
  })

  it('signed with a key for another kind of document is refused (rule 2)', () => {
    const other = makeLeaf(root, keyUsageOids.pack)
    expect(codeOf(() => openRevocationList(signRevocationList(content, other.der, other.signer), roots, at))).toBe(
      'KIND_MISMATCH',
    )
  })

  it('is refused under another root, out of its time, or signed by another key', () => {
    expect(codeOf(() => openRevocationList(signed, [makeRoot({ name: 'Other' }).certificate], at))).toBe('ROOT_UNKNOWN')
    expect(codeOf(() => openRevocationList(signed, roots, validUntil + 1))).toBe('CHAIN_EXPIRED')
    const other = signRevocationList(content, lister.der, newSigner())
    expect(codeOf(() => openRevocationList(other, roots, at))).toBe('SIGNATURE_INVALID')
  })

  it('may hold unknown keys below 0, no unknown key from 0, and no other version', () => {
    expect(openRevocationList(forge(withField(payload, -1, 'later')), roots, at).number).toBe(3)
    expect(codeOf(() => openRevocationList(forge(withField(payload, 6, 'later')), roots, at))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => openRevocationList(forge(withField(payload, 1, 2)), roots, at))).toBe('UNSUPPORTED_VERSION')
  })

  it.each([
    [[2, new Uint8Array(32), 1, true, 2], 'UNKNOWN_CRITICAL'],
    [[0, new Uint8Array(), 1, true, 2], 'MALFORMED'],
    [[0, Uint8Array.of(0, 1), 1, true, 2], 'MALFORMED'],
    [[0, new Uint8Array(21).fill(1), 1, true, 2], 'MALFORMED'],
    [[1, new Uint8Array(31), 1, true, 2], 'MALFORMED'],
    [[1, new Uint8Array(32), -1, true, 2], 'MALFORMED'],
    [[1, new Uint8Array(32), 1, 1, 2], 'MALFORMED'],
    [[1, new Uint8Array(32), 1, true], 'MALFORMED'],
    [[1, new Uint8Array(32), 1, true, 2, 3], 'MALFORMED'],
    ['line', 'MALFORMED'],
  ])('with the line %o is refused', (line: CborValue, code) => {
    expect(codeOf(() => openRevocationList(forge(withField(payload, 5, [line])), roots, at))).toBe(code)
  })

  it('is refused with missing fields, wrong types, cut short or loosely encoded', () => {
    const inside = wrongTypes(payload).map(forge)
    const cut = truncations(signed)
    for (const bad of [...inside, ...cut, ...looseForms(signed)]) {
      expect(codeOf(() => openRevocationList(bad, roots, at))).toBe('MALFORMED')
    }
  })

  it('is refused with one coded error when a bit is turned over, in every part of it', () => {
    for (const flipped of bitFlips(signed, 11))
      expect(codeOf(() => openRevocationList(flipped, roots, at))).toBeDefined()
  })
})

describe('what a list says of a certificate', () => {
  const list = openRevocationList(signed, roots, at)

  it('holds for what was signed from the cut-off on, by serial number and by key (rule 44)', () => {
    expect(isRevoked(list, host.certificate, at - 1)).toBe(false)
    expect(revocationOf(list, host.certificate, at)).toEqual(bySerial)
    const renewed = makeLeaf(issuing, keyUsageOids.hostReceipt, { serial: 8, signer: host.signer })
    expect(revocationOf(list, renewed.certificate, at + 100)).toEqual(byKey)
  })

  it('is the line that ends running leases, where there are several (rule 44)', () => {
    expect(revocationOf(list, host.certificate, at + 100)).toEqual(byKey)
  })

  it('is nothing for other certificates', () => {
    expect(isRevoked(list, lister.certificate, at + 200)).toBe(false)
  })
})

it('is ordered by epoch, then number, and never goes back (rule 44)', () => {
  const known = { epoch: 100, number: 5 }
  const answers = [
    { epoch: 100, number: 6 },
    { epoch: 101, number: 0 },
    known,
    { epoch: 100, number: 4 },
    { epoch: 99, number: 9 },
  ]
  expect(answers.map((list) => isNewerList(list, known))).toEqual([true, true, false, false, false])
})
