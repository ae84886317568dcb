import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectMap, expectTagged } from '@volact/core/cbor/expect'
import type { CborValue } from '@volact/core/cbor/value'
import { derNull } from '@volact/core/der/writer'
import { makeIssuing, makeRoot, validUntil } from '@volact/core/document/certificates.fixture'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { withField } from '@volact/core/document/decoder-laws.fixture'
import type { Grant } from '@volact/core/document/grant'
import { grantTime, product, request, TestHost } from '@volact/core/document/host.fixture'
import type { TestHostOptions } from '@volact/core/document/host.fixture'
import { encodeLeaseFile } from '@volact/core/document/lease'
import type { Lease } from '@volact/core/document/lease'
import { documentKinds } from '@volact/core/document/kinds'
import { leafHash } from '@volact/core/transparency/node-hash'
import { extensionOids } from '@volact/core/x509/oids'
import { issuing, root } from './vector-chains.ts'
import { bad, filled, flipped, good, malformed, vectorSigner } from './vector-file.ts'
import type { Draft, FileDraft } from './vector-file.ts'

/** What a client gets and keeps. */
export function leaseFiles(): readonly FileDraft[] {
  return [leases(), answers()]
}

/** A host of the vectors, its keys those of the other files. */
function newHost(options: TestHostOptions = {}): TestHost {
  return new TestHost({ root, issuing, signer: vectorSigner('host'), ...options })
}

function fileOf(lease: Lease): { bytes: Uint8Array } {
  return { bytes: encodeLeaseFile(lease) }
}

function leases(): FileDraft {
  const host = newHost()
  const [lease, other] = [host.lease(), host.lease({ cti: filled(0x56, 16) })]
  const { bytes } = fileOf(lease)
  const values = expectArray(decodeCbor(bytes), 'lease file')
  const of = (place: number, value: CborValue): { bytes: Uint8Array } => ({
    bytes: encodeCbor(values.with(place, value)),
  })
  const testRoot = makeRoot({
    name: 'Volact vectors test root',
    signer: vectorSigner('test root'),
    extensions: [[extensionOids.testRoot, derNull()]],
  })
  const tested = newHost({ root: testRoot, issuing: makeIssuing(testRoot, { signer: vectorSigner('test issuing') }) })
  const authority = newHost({ eku: documentKinds['authority-receipt'].eku })
  const anotherLog = newHost({ entitlement: { logId: filled(0xee) } })
  const { leaf } = newHost()
  const below = newHost({ issuer: leaf, signer: vectorSigner('below') })
  return {
    format: 'lease-file',
    section: '§9.2, §10',
    about:
      'Opens a lease file with nothing but the roots, in DER. Every single bit of it that is turned over is refused.',
    shared: { roots: [root.der] },
    cases: [
      good('a lease', { bytes }),
      good('under a root for tests', { ...fileOf(tested.lease()), roots: [testRoot.der] }),
      good('the last second of its chain', fileOf(host.lease({ expires: validUntil }))),
      ...malformed(bytes),
      ...Array.from({ length: 12 }, (_, step) => Math.floor((bytes.length * (step + 1)) / 13)).map((fromEnd) =>
        flipCase(bytes, fromEnd),
      ),
      bad('UNSUPPORTED_VERSION', 'version 2', of(1, 2)),
      bad('MALFORMED', 'another name', of(0, 'volact-leases')),
      bad('MALFORMED', 'no certificate', of(4, [])),
      bad('MALFORMED', 'something behind the chain', { bytes: encodeCbor([...values, 0]) }),
      bad('MALFORMED', 'with a consistency proof', of(3, host.lease({}, { from: 2 }).receipt)),
      bad('RECEIPT_INVALID', 'with the receipt of another lease', of(3, other.receipt)),
      bad('CHAIN_INVALID', 'with the certificate of another time', fileOf({ ...lease, chain: newHost().chain })),
      bad('CHAIN_INVALID', 'with a certificate too many', fileOf({ ...lease, chain: [...lease.chain, testRoot.der] })),
      bad('CHAIN_INVALID', 'with the root', fileOf({ ...lease, chain: [...lease.chain, root.der] })),
      bad('ROOT_UNKNOWN', 'without its issuing certificate', fileOf({ ...lease, chain: lease.chain.slice(0, 1) })),
      bad('ROOT_UNKNOWN', 'another root', { bytes, roots: [testRoot.der] }),
      bad('KIND_MISMATCH', 'with a certificate for receipts of the authority', fileOf(authority.lease())),
      bad('LOG_MISMATCH', 'with a certificate for another ledger', fileOf(anotherLog.lease())),
      bad(
        'CHAIN_INVALID',
        'with a certificate that a host has issued',
        fileOf({ ...below.lease(), chain: [below.leaf.der, leaf.der, issuing.der] }),
      ),
      bad('CHAIN_EXPIRED', 'with a receipt of after its chain', fileOf(newHost().lease({}, { time: validUntil + 1 }))),
      bad('UNKNOWN_CRITICAL', 'with an extra claim, though the host signed it', fileOf(withClaim(newHost()))),
      ...mismatches(),
    ],
  }
}

/** One bit of the file turned over: which code it gives depends on where it lies, and on who looks at what first. */
function flipCase(bytes: Uint8Array, fromEnd: number): Draft {
  const name = `the lowest bit of byte ${bytes.length - 1 - fromEnd} turned over`
  return bad('*', name, { bytes: flipped(bytes, fromEnd) })
}

function mismatches(): readonly Draft[] {
  const grants: Record<string, Partial<Grant>> = {
    'that ends after its chain': { expires: validUntil + 1 },
    'that ends before it begins': { expires: grantTime },
    'that begins after it was issued': { notBefore: grantTime + 1 },
    'issued after its receipt': { issued: grantTime + 1 },
    'that names another place': { index: 1 },
    'that names another ledger': { logId: filled(0xee) },
  }
  return Object.entries(grants).map(([name, grant]) =>
    bad('LEASE_MISMATCH', `a grant ${name}`, fileOf(newHost().lease(grant))),
  )
}

function withClaim(host: TestHost): Lease {
  const claims = expectMap(expectTagged(decodeCbor(host.lease().entry), 'grant', 601), 'grant')
  const entry = encodeCbor({ tag: 601, value: withField(claims, -70_000, 1) })
  host.entries.push(entry)
  host.tree.append(leafHash(entry))
  return { entry, receipt: host.receipt(entry, host.sign()), chain: host.chain }
}

function answers(): FileDraft {
  const host = newHost()
  const early = encodeCheckpoint(host.sign())
  const expected = { request, product }
  const lease = host.lease({}, { from: 2 })
  const same = encodeCheckpoint(host.sign())
  const plain = { entry: lease.entry, receipt: host.receipt(lease.entry, host.sign()), chain: host.chain }
  host.append({ kind: 'grant', grant: host.grant() })
  const larger = encodeCheckpoint(host.sign())
  const fork = newHost()
  fork.lease({ cti: filled(0x56, 16) })
  const certified = newHost({ entitlement: { thresholds: new Map([['desktop', 3]]) } })
  return {
    format: 'answer',
    section: '§10',
    about:
      'Verifies an answer against what the client has asked for, its roots (DER), its policy, and the checkpoint it keeps.',
    shared: { roots: [root.der], expected },
    cases: [
      good('without a checkpoint', { lease: plain }),
      good('with a consistency proof from the checkpoint kept', {
        lease,
        expected: { ...expected, checkpoint: early },
      }),
      good('the same tree as the checkpoint kept', { lease: plain, expected: { ...expected, checkpoint: same } }),
      good('a checkpoint of another ledger', {
        lease: plain,
        expected: { ...expected, checkpoint: encodeCheckpoint(newHost({ signer: vectorSigner('other') }).sign()) },
      }),
      good('a threshold of the certificate', {
        lease: certified.lease({ threshold: 3, thresholdSource: 'certificate', count: 3 }),
      }),
      ...badAnswers(plain),
      bad('CONSISTENCY_FAILED', 'no proof from the checkpoint kept', {
        lease: plain,
        expected: { ...expected, checkpoint: early },
      }),
      bad('HOST_ROLLED_BACK', 'a smaller tree than the checkpoint kept', {
        lease: plain,
        expected: { ...expected, checkpoint: larger },
      }),
      bad('LOG_FORKED', 'another tree of the same size', {
        lease: plain,
        expected: { ...expected, checkpoint: encodeCheckpoint(fork.sign()) },
      }),
      bad('CLOCK_SKEW', 'a receipt older than the newest known', {
        lease: plain,
        expected: { ...expected, newest: grantTime + 1 },
      }),
      bad('ROOT_UNKNOWN', 'another root', {
        lease: plain,
        roots: [makeRoot({ name: 'Another root', signer: vectorSigner('another root') }).der],
      }),
      bad('COUNT_INSUFFICIENT', 'the threshold of the policy, where the certificate names one', {
        lease: certified.lease(),
      }),
    ],
  }
}

function badAnswers(plain: Lease): readonly Draft[] {
  const of = (changes: object, named: object = {}): { lease: Lease; expected: object } => ({
    lease: plain,
    expected: { request: { ...request, ...changes }, product: { ...product, ...named } },
  })
  return [
    bad('LEASE_MISMATCH', 'of another request', of({ digest: filled(1) })),
    bad('LEASE_MISMATCH', 'with another nonce: a replayed answer', of({ nonce: filled(1, 16) })),
    bad('LEASE_MISMATCH', 'for another machine', of({ machine: filled(1) })),
    bad('LEASE_MISMATCH', 'for other hardware', of({ anchor: filled(1) })),
    bad('LEASE_MISMATCH', 'for another product', of({}, { activationId: '6f0e1f0a-0000-4000-8000-00000000000b' })),
    bad('PRODUCT_NOT_SERVED', 'of a key group that is not covered', of({}, { group: 8 })),
    bad('PRODUCT_NOT_SERVED', 'of a newer generation', of({}, { generation: 4 })),
    bad('COUNT_INSUFFICIENT', 'at a lower threshold than the policy has', of({}, { threshold: 26 })),
    bad('COUNT_INSUFFICIENT', 'with a count below the threshold', { lease: newHost().lease({ count: 24 }) }),
    bad('COUNT_INSUFFICIENT', 'that claims a threshold of the certificate', {
      lease: newHost().lease({ thresholdSource: 'certificate' }),
    }),
  ]
}
