import { describe, expect, it } from 'vitest'
import { catalogToCbor } from '../catalog/catalog-cbor.ts'
import { sampleCatalog } from '../catalog/catalog.fixture.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import type { CborKey, CborMap, CborValue } from '../cbor/value.ts'
import { parseSign1, signSign1 } from '../cose/sign1.ts'
import { sha256 } from '../crypto.ts'
import { keyUsageOids } from '../x509/oids.ts'
import { makeIssuing, makeLeaf, makeRoot, newSigner, validFrom, validUntil } from './certificates.fixture.ts'
import type { Issued } from './certificates.fixture.ts'
import { signChainDocument } from './chain-document.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, without, wrongTypes } from './decoder-laws.fixture.ts'
import { documentKinds } from './kinds.ts'
import { openPack, signPack } from './pack.ts'

const root = makeRoot()
const issuing = makeIssuing(root)
const leaf = makeLeaf(issuing, keyUsageOids.pack)
const roots = [root.certificate]
const at = validFrom + 1
const catalog = sampleCatalog()
const content = { number: 7, issued: at, catalog }
const chain = [leaf.der, issuing.der, root.der] as const
const pack = signPack({ ...content, chain }, leaf.signer)

function payloadMap(): CborMap {
  return new Map<CborKey, CborValue>([
    [1, 1],
    [2, 7],
    [3, at],
    [4, catalogToCbor(catalog)],
  ])
}

function forge(map: CborValue): Uint8Array {
  return signChainDocument({ kind: 'pack', payload: encodeCbor(map), chain }, leaf.signer)
}

function packBy(signing: Issued, ...others: readonly Issued[]): Uint8Array {
  return signPack({ ...content, chain: [signing.der, ...others.map(({ der }) => der)] }, signing.signer)
}

describe('a pack', () => {
  it('comes back as it was signed, with the chain that proves it', () => {
    const { chain: path, root: found, ...rest } = openPack(pack, roots, at)
    expect(rest).toEqual(content)
    expect(found).toBe(root.certificate)
    expect(path.map(({ der }) => der)).toEqual(chain)
  })

  it('is opened at first use with the root inside, for the caller to show and pin (rule 48)', () => {
    expect(openPack(pack, 'first-use', at).root.der).toEqual(root.der)
  })

  it('of another root is refused once a root is pinned (rule 48)', () => {
    expect(codeOf(() => openPack(pack, [makeRoot({ name: 'Other' }).certificate], at))).toBe('ROOT_UNKNOWN')
    expect(codeOf(() => openPack(pack, [makeRoot().certificate], at))).toBe('ROOT_UNKNOWN')
    expect(codeOf(() => openPack(pack, [], at))).toBe('ROOT_UNKNOWN')
  })

  it("signed by a host's signing key is refused, for its key is for receipts (rules 2, 4)", () => {
    const host = makeLeaf(issuing, keyUsageOids.hostReceipt)
    expect(codeOf(() => openPack(packBy(host, issuing, root), roots, at))).toBe('KIND_MISMATCH')
  })

  it('whose certificate was issued by a host is refused, though every signature holds (rule 3)', () => {
    const host = makeLeaf(issuing, keyUsageOids.hostReceipt)
    const below = makeLeaf(host, keyUsageOids.pack, { name: 'Below a host' })
    expect(codeOf(() => openPack(packBy(below, host, issuing, root), roots, at))).toBe('CHAIN_INVALID')
  })

  it('is no other kind of document, whoever has signed it (rule 2)', () => {
    const { typ } = documentKinds['revocation-list']
    const { protectedHeader, unprotectedHeader, payload } = parseSign1(pack)
    const protectedExtra = without(protectedHeader, 1)
    const other = { typ, protectedExtra, unprotected: unprotectedHeader, payload: payload ?? new Uint8Array() }
    expect(codeOf(() => openPack(signSign1(other, leaf.signer), roots, at))).toBe('KIND_MISMATCH')
  })

  it('signed by another key than its certificate has is refused', () => {
    expect(codeOf(() => openPack(signPack({ ...content, chain }, newSigner()), roots, at))).toBe('SIGNATURE_INVALID')
  })

  it('is refused outside the time of its chain, both ends included', () => {
    expect([validFrom, validUntil].map((time) => codeOf(() => openPack(pack, roots, time)))).toEqual([
      undefined,
      undefined,
    ])
    expect([validFrom - 1, validUntil + 1].map((time) => codeOf(() => openPack(pack, roots, time)))).toEqual([
      'CHAIN_EXPIRED',
      'CHAIN_EXPIRED',
    ])
  })

  it('that names another certificate than it brings along is refused (rule 12)', () => {
    const protectedExtra: CborMap = new Map([[34, [-16, sha256(issuing.der)]]])
    const unprotected: CborMap = new Map([[33, chain]])
    const swapped = { typ: documentKinds.pack.typ, protectedExtra, unprotected, payload: encodeCbor(payloadMap()) }
    expect(codeOf(() => openPack(signSign1(swapped, leaf.signer), roots, at))).toBe('CHAIN_INVALID')
  })

  it('brings along its path and nothing else, the root at its end', () => {
    const other = makeIssuing(root, { name: 'Unused' })
    expect(codeOf(() => openPack(packBy(leaf, issuing, other, root), roots, at))).toBe('CHAIN_INVALID')
    expect(codeOf(() => openPack(packBy(leaf, issuing), roots, at))).toBe('ROOT_UNKNOWN')
    expect(codeOf(() => openPack(packBy(leaf, issuing, makeRoot()), roots, at))).toBe('CHAIN_INVALID')
    expect(codeOf(() => openPack(packBy(leaf, issuing), 'first-use', at))).toBe('CHAIN_INVALID')
    expect(codeOf(() => openPack(packBy(leaf), 'first-use', at))).toBe('CHAIN_INVALID')
    expect(codeOf(() => openPack(packBy(leaf, issuing, issuing, issuing, issuing, root), roots, at))).toBe('MALFORMED')
  })

  it('has a closed header: whatever is unknown in it is refused', () => {
    const { protectedHeader, unprotectedHeader, payload } = parseSign1(pack)
    const parts = { typ: documentKinds.pack.typ, payload: payload ?? new Uint8Array() }
    const more = { ...parts, protectedExtra: withField(protectedHeader, -9, 1), unprotected: unprotectedHeader }
    const outside = { ...parts, protectedExtra: protectedHeader, unprotected: withField(unprotectedHeader, -9, 1) }
    expect(codeOf(() => openPack(signSign1(more, leaf.signer), roots, at))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => openPack(signSign1(outside, leaf.signer), roots, at))).toBe('UNKNOWN_CRITICAL')
  })

  it.each([
    ['another hash', new Map([[34, [-15, sha256(leaf.der)]]]), new Map([[33, chain]])],
    ['a short hash', new Map([[34, [-16, new Uint8Array(31)]]]), new Map([[33, chain]])],
    ['no chain', new Map([[34, [-16, sha256(leaf.der)]]]), new Map()],
    ['an empty chain', new Map([[34, [-16, sha256(leaf.der)]]]), new Map([[33, []]])],
    ['an array of one', new Map([[34, [-16, sha256(leaf.der)]]]), new Map([[33, [leaf.der]]])],
    ['a chain of numbers', new Map([[34, [-16, sha256(leaf.der)]]]), new Map([[33, [1, 2]]])],
    ['a chain that is no array', new Map([[34, [-16, sha256(leaf.der)]]]), new Map([[33, 'chain']])],
  ])('with %s in its header is refused', (_, protectedExtra: CborMap, unprotected: CborMap) => {
    const bad = { typ: documentKinds.pack.typ, protectedExtra, unprotected, payload: encodeCbor(payloadMap()) }
    expect(codeOf(() => openPack(signSign1(bad, leaf.signer), roots, at))).toBe('MALFORMED')
  })

  it('may hold unknown keys below 0, no unknown key from 0, and no other format', () => {
    expect(openPack(forge(withField(payloadMap(), -1, 'later')), roots, at).number).toBe(7)
    expect(codeOf(() => openPack(forge(withField(payloadMap(), 5, 'later')), roots, at))).toBe('UNKNOWN_CRITICAL')
    expect(codeOf(() => openPack(forge(withField(payloadMap(), 1, 2)), roots, at))).toBe('UNSUPPORTED_VERSION')
  })

  it('is refused with missing fields and wrong types', () => {
    for (const bad of wrongTypes(payloadMap())) expect(codeOf(() => openPack(forge(bad), roots, at))).toBe('MALFORMED')
    expect(codeOf(() => openPack(forge([1, 7]), roots, at))).toBe('MALFORMED')
  })

  it('with a catalog that breaks the rules of catalogs is refused', () => {
    const broken = {
      ...catalog,
      products: catalog.products.map((product) => ({ ...product, family: 'none' })),
    }
    expect(codeOf(() => openPack(signPack({ ...content, catalog: broken, chain }, leaf.signer), roots, at))).toBe(
      'CATALOG_INVALID',
    )
  })

  it('is refused when cut short or loosely encoded', () => {
    const cut = truncations(pack).filter((_, length) => length < 64 || length % 61 === 0)
    for (const bad of [...cut, ...looseForms(pack)]) expect(codeOf(() => openPack(bad, roots, at))).toBe('MALFORMED')
  })

  it('is refused with one coded error when a bit is turned over, in every part of it', () => {
    for (const flipped of bitFlips(pack, 61)) expect(codeOf(() => openPack(flipped, roots, at))).toBeDefined()
  })
})

it('opens with a path that was verified for it, and no other', async () => {
  const { openChainDocument, parseChainDocument } = await import('./chain-document.ts')
  const { verifyPath } = await import('../x509/path.ts')
  const path = verifyPath({
    leaf: leaf.certificate,
    intermediates: [issuing.certificate],
    roots,
    eku: keyUsageOids.pack,
    at,
  })
  expect(() => openChainDocument(parseChainDocument(pack, 'pack'), path)).toThrow('for another document')
  expect(
    decodeCbor(openChainDocument({ ...parseChainDocument(pack, 'pack'), leaf: leaf.certificate }, path)),
  ).toBeDefined()
})
