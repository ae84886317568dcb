import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { isCborMap, isCborTagged } from '../cbor/value.ts'
import type { CborMap } from '../cbor/value.ts'
import { derOctetString } from '../der/writer.ts'
import { leafHash } from '../transparency/node-hash.ts'
import { minutes } from '../time.ts'
import { extensionOids } from '../x509/oids.ts'
import { makeIssuing, makeLeaf, makeRoot, newSigner, validFrom, validUntil } from './certificates.fixture.ts'
import { codeOf, withField } from './decoder-laws.fixture.ts'
import { encodeEntitlement, encodeEntitlementExtension } from './entitlement.ts'
import type { Grant } from './grant.ts'
import { filled, grantTime, start, TestHost } from './host.fixture.ts'
import { documentKinds } from './kinds.ts'
import { encodeLeaseFile, parseLeaseFile } from './lease.ts'
import type { Lease } from './lease.ts'
import { chainOf, openLease } from './verify-lease.ts'

const host = new TestHost()
const roots = [host.root.certificate]
const { eku } = documentKinds['host-receipt']

function open(lease: Lease): unknown {
  return openLease(lease, { roots })
}

function codeFor(changes: Partial<Grant>, time?: number): unknown {
  return codeOf(() => open(host.lease(changes, time === undefined ? {} : { time })))
}

describe('a lease', () => {
  it('opens with nothing but the root', () => {
    const lease = host.lease()
    const opened = openLease(lease, { roots })
    expect(opened.grant).toEqual(host.grant({ index: host.tree.size - 1 }))
    expect(opened.head).toEqual(host.sign().head)
    expect(opened.entitlement).toEqual(host.entitlement)
    expect(opened.hostCertificate).toEqual(host.leaf.certificate)
    expect(opened.root).toBe(host.root.certificate)
    expect(opened.notAfter).toBe(validUntil)
    expect(opened.testRoot).toBe(false)
    expect(chainOf(opened)).toEqual(lease.chain)
  })

  it('under a root for tests says so (rule 11)', () => {
    const root = makeRoot({ extensions: [[extensionOids.testRoot, Uint8Array.of(5, 0)]] })
    const test = new TestHost({ root })
    expect(openLease(test.lease(), { roots: [root.certificate] }).testRoot).toBe(true)
  })

  it('is checked at the time of its receipt, not of its issue: an old grant may have a new certificate (rule 17)', () => {
    const renewed = new TestHost({ leaf: { notBefore: grantTime + minutes(5) } })
    const at = { roots: [renewed.root.certificate] }
    expect(codeOf(() => openLease(renewed.lease(), at))).toBe('CHAIN_EXPIRED')
    expect(openLease(renewed.lease({}, { time: grantTime + minutes(10) }), at).grant.issued).toBe(grantTime)
  })

  it('of another vendor is refused', () => {
    expect(codeOf(() => openLease(host.lease(), { roots: [makeRoot().certificate] }))).toBeOneOf([
      'ROOT_UNKNOWN',
      'CHAIN_INVALID',
    ])
    expect(codeOf(() => openLease(host.lease(), { roots: [] }))).toBe('ROOT_UNKNOWN')
  })

  it('is refused when a host issued the certificate, though it chains to the root (rule 3)', () => {
    const forged = new TestHost({ root: host.root, issuing: host.issuing, issuer: host.leaf })
    const lease = { ...forged.lease(), chain: [forged.leaf.der, ...host.chain] }
    expect(codeOf(() => open(lease))).toBe('CHAIN_INVALID')
  })

  it('is refused when its host certificate is that of an issuing CA or has two uses (rules 1, 2)', () => {
    const issuing = new TestHost({ root: host.root, issuing: host.issuing, signer: host.issuing.signer })
    const entry = issuing.append({ kind: 'grant', grant: issuing.grant() })
    const lease = { entry, receipt: issuing.receipt(entry, issuing.sign()), chain: [host.issuing.der] }
    expect(codeOf(() => open(lease))).toBe('CHAIN_INVALID')
  })

  it('is refused without entitlement, and with one for another ledger (rules 5, 7)', () => {
    const bare = new TestHost({ root: host.root, issuing: host.issuing, leaf: { extensions: [] } })
    expect(codeOf(() => open(bare.lease()))).toBe('CHAIN_INVALID')
    const other = new TestHost({ root: host.root, issuing: host.issuing, entitlement: { logId: filled(0xee) } })
    expect(codeOf(() => open(other.lease()))).toBe('LOG_MISMATCH')
  })

  it('is refused when the entitlement demands what is unknown here (rule 5)', () => {
    const extension = derOctetString(encodeCbor(withField(entitlementFields(), 0, [30])))
    const newer = new TestHost({ leaf: { extensions: [[extensionOids.entitlement, extension]] } })
    expect(codeOf(() => openLease(newer.lease(), { roots: [newer.root.certificate] }))).toBe('UNKNOWN_CRITICAL')
  })

  it('is refused with the receipt of another lease (rule 21)', () => {
    const [one, other] = [host.lease(), host.lease({ cti: filled(0x56, 16) })]
    expect(codeOf(() => open({ ...one, receipt: other.receipt }))).toBe('RECEIPT_INVALID')
  })

  it('is refused with an old certificate and a new receipt, though both have one key and one log (rule 21)', () => {
    const old = makeLeaf(host.issuing, eku, {
      signer: host.leaf.signer,
      serial: 2,
      extensions: [[extensionOids.entitlement, encodeEntitlementExtension(host.entitlement)]],
    })
    expect(codeOf(() => open({ ...host.lease(), chain: [old.der, host.issuing.der] }))).toBe('CHAIN_INVALID')
  })

  it('is refused when the grant names another ledger or another place than its proof (rule 23)', () => {
    expect(codeFor({ logId: filled(0xee) })).toBe('LEASE_MISMATCH')
    expect(codeFor({ index: 1 })).toBe('LEASE_MISMATCH')
  })

  it('is refused when the entry is no grant', () => {
    const entry = host.append({ kind: 'forgotten', index: host.tree.size, time: start, indexes: [1] })
    expect(codeOf(() => open({ entry, receipt: host.receipt(entry, host.sign()), chain: host.chain }))).toBe(
      'MALFORMED',
    )
  })

  it('is refused when the grant has an extra claim, though the host signed it (protocol.md §1.2)', () => {
    const plain = decodeCbor(host.lease().entry)
    const claims = isCborTagged(plain) && isCborMap(plain.value) ? plain.value : new Map()
    const entry = encodeCbor({ tag: 601, value: withField(claims, -70_000, 1) })
    host.entries.push(entry)
    host.tree.append(leafHash(entry))
    const lease = { entry, receipt: host.receipt(entry, host.sign()), chain: host.chain }
    expect(codeOf(() => open(lease))).toBe('UNKNOWN_CRITICAL')
  })
})

describe('the times of a lease', () => {
  it('follow each other: nbf ≤ iat ≤ receipt, iat < exp', () => {
    expect(codeFor({ notBefore: grantTime + 1 })).toBe('LEASE_MISMATCH')
    expect(codeFor({}, grantTime - 1)).toBe('LEASE_MISMATCH')
    expect(codeFor({ expires: grantTime })).toBe('LEASE_MISMATCH')
    expect(codeFor({ expires: grantTime + 1 })).toBeUndefined()
    expect(codeFor({}, grantTime + minutes(1))).toBeUndefined()
  })

  it('end with the first certificate of the chain at the latest, the root included (rule 6)', () => {
    const ends = grantTime + minutes(600)
    for (const shortened of [
      new TestHost({ leaf: { notAfter: ends } }),
      new TestHost({ root: makeRoot({ notAfter: ends }) }),
      shortIssuing(ends),
    ]) {
      const trust = { roots: [shortened.root.certificate] }
      expect(codeOf(() => openLease(shortened.lease({ expires: ends + 1 }), trust))).toBe('LEASE_MISMATCH')
      expect(openLease(shortened.lease({ expires: ends }), trust).notAfter).toBe(ends)
    }
  })

  it('are compared with now where that is asked: now < exp', () => {
    const lease = host.lease({ notBefore: grantTime - 1, expires: grantTime + 10 })
    const at = (instant: number) => codeOf(() => openLease(lease, { roots, at: instant }))
    expect(at(grantTime - 2)).toBe('CLOCK_SKEW')
    expect(at(grantTime - 1)).toBeUndefined()
    expect(at(grantTime + 9)).toBeUndefined()
    expect(at(grantTime + 10)).toBe('LEASE_EXPIRED')
  })

  it('lie within the validity of the certificates, both ends included (rule 3)', () => {
    const trust = { roots }
    expect(codeOf(() => openLease(host.lease({}, { time: validUntil + 1 }), trust))).toBe('CHAIN_EXPIRED')
    expect(codeOf(() => openLease(host.lease({}, { time: validUntil }), trust))).toBeUndefined()
    const early = { issued: validFrom - 1, notBefore: validFrom - 1 }
    expect(codeOf(() => openLease(host.lease(early, { time: validFrom - 1 }), trust))).toBe('CHAIN_EXPIRED')
  })
})

describe('a lease file', () => {
  const lease = host.lease()

  it('opens on a machine that has nothing but the root', () => {
    expect(openLease(parseLeaseFile(encodeLeaseFile(lease)), { roots }).grant.count).toBe(30)
  })

  it.each<[string, readonly Uint8Array[]]>([
    ['a certificate too many', [...lease.chain, new TestHost().issuing.der]],
    ['the root', [...lease.chain, host.root.der]],
    ['a certificate twice', [...lease.chain, host.issuing.der]],
    ['the root before the issuing certificate', [host.leaf.der, host.root.der, host.issuing.der]],
    ['so many certificates that nobody walks them', [...lease.chain, ...Array<Uint8Array>(3).fill(host.root.der)]],
    ['the certificates in another order', lease.chain.toReversed()],
    ['no certificate', []],
  ])('with %s in its chain is refused (protocol.md §9.2)', (_, chain) => {
    expect(codeOf(() => open({ ...lease, chain }))).toBe('CHAIN_INVALID')
  })

  it('without its issuing certificate is refused', () => {
    expect(codeOf(() => open({ ...lease, chain: lease.chain.slice(0, 1) }))).toBe('ROOT_UNKNOWN')
  })

  it('made by somebody with keys of his own is refused', () => {
    const forged = new TestHost({ signer: newSigner() })
    expect(codeOf(() => open(forged.lease()))).not.toBeUndefined()
  })
})

function shortIssuing(notAfter: number): TestHost {
  const root = makeRoot()
  return new TestHost({ root, issuing: makeIssuing(root, { notAfter }) })
}

function entitlementFields(): CborMap {
  const value = decodeCbor(encodeEntitlement(host.entitlement))
  if (!isCborMap(value)) throw new Error('not a map')
  return value
}
