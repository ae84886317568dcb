import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { generatePrivateKey, type Signer, signerFromPkcs8 } from '@volact/core/crypto'
import { encodePem } from '@volact/core/der/pem'
import { documentKinds } from '@volact/core/document/kinds'
import { type Entitlement, entitlementOf } from '@volact/core/document/entitlement'
import { days, fromIso, toIso } from '@volact/core/time'
import { parseCertificate } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import { verifyPath } from '@volact/core/x509/path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import {
  type Issuer,
  makeDocumentLeaf,
  makeHostCertificate,
  makeIssuing,
  makeRoot,
  makeServerCertificate,
  type Subject,
} from './certificate-maker.ts'

// openssl asks the real clock, so these certificates hold for as long as RFC 5280 lets them, both kinds of time included.
const validity = { notBefore: fromIso('2020-01-01T00:00:00Z'), notAfter: fromIso('2120-01-01T00:00:00Z') }
const at = fromIso('2026-06-01T00:00:00Z')
const leafKinds = ['authority-receipt', 'pack', 'confirmation', 'directory-object'] as const

let root: Issuer
let issuing: Issuer
let leafKey: Signer

beforeAll(() => {
  const rootKey = newKey()
  const rootDer = makeRoot({ name: { commonName: 'Root' }, signer: rootKey, validity, purpose: 'test' })
  root = { certificate: parseCertificate(rootDer), signer: rootKey }
  const issuingKey = newKey()
  const name = { commonName: 'Issuing' }
  const issuingDer = makeIssuing({ name, publicKey: issuingKey.publicKey, validity }, root)
  issuing = { certificate: parseCertificate(issuingDer), signer: issuingKey }
  leafKey = newKey()
})

describe('openssl -x509_strict and the path check of core accept', () => {
  it.each(leafKinds)('the leaf of a %s', (kind) => {
    const leaf = makeDocumentLeaf({ kind, ...subject('Leaf') }, issuing)
    expect(opensslVerify(leaf)).toContain('OK')
    expect(verifiedPath(leaf, documentKinds[kind].eku)).toHaveLength(3)
  })

  it('the leaf of a revocation list, directly under the root (rule 44)', () => {
    const leaf = makeDocumentLeaf({ kind: 'revocation-list', ...subject('List') }, root)
    expect(opensslVerify(leaf)).toContain('OK')
    const { eku } = documentKinds['revocation-list']
    const question = { leaf: parseCertificate(leaf), intermediates: [], roots: [root.certificate], eku, at }
    expect(verifyPath({ ...question, directlyUnderRoot: true }).path).toHaveLength(2)
  })

  it('a host certificate with its entitlement (rule 5)', () => {
    const leaf = makeHostCertificate({ ...subject('Host'), entitlement }, issuing)
    expect(opensslVerify(leaf)).toContain('OK')
    expect(verifiedPath(leaf, documentKinds['host-receipt'].eku)).toHaveLength(3)
    expect(entitlementOf(parseCertificate(leaf))).toEqual(entitlement)
  })

  it('a server certificate, for its names and addresses and no others', () => {
    const names = ['localhost', '127.0.0.1', '::1'] as const
    const leaf = makeServerCertificate({ ...subject('Server'), names: [...names] }, issuing)
    expect(opensslVerify(leaf, '-purpose', 'sslserver')).toContain('OK')
    const read = new X509Certificate(leaf)
    expect(read.checkHost('localhost')).toBe('localhost')
    expect([read.checkIP('127.0.0.1'), read.checkIP('::1')]).toEqual(['127.0.0.1', '::1'])
    expect([read.checkHost('example.com'), read.checkIP('127.0.0.2')]).toEqual([undefined, undefined])
  })
})

it('a leaf is accepted for its own kind of document and no other (rule 2)', () => {
  const leaf = makeDocumentLeaf({ kind: 'pack', ...subject('Leaf') }, issuing)
  for (const kind of ['host-receipt', 'authority-receipt', 'confirmation', 'directory-object'] as const) {
    const verifying = (): unknown => verifiedPath(leaf, documentKinds[kind].eku)
    expect(verifying).toThrow(expect.objectContaining({ code: 'KIND_MISMATCH' }))
  }
})

it('what a host issues is refused (rule 3)', () => {
  const host = parseCertificate(makeHostCertificate({ ...subject('Host'), entitlement }, issuing))
  const byHost = makeDocumentLeafUnchecked({ certificate: host, signer: leafKey })
  const question = { leaf: byHost, intermediates: [host, issuing.certificate], roots: [root.certificate], at }
  const verifying = (): unknown => verifyPath({ ...question, eku: documentKinds['revocation-list'].eku })
  expect(verifying).toThrow(expect.objectContaining({ code: 'CHAIN_INVALID' }))
})

it('our 128-bit arc is written whole in extensions and key usages, as openssl reads it', () => {
  const host = makeHostCertificate({ ...subject('Host'), entitlement }, issuing)
  expect(asn1(host)).toContain(`OBJECT            :${extensionOids.entitlement}\n`)
  expect(opensslText(host)).toMatch(
    new RegExp(`Extended Key Usage: critical\n *${documentKinds['host-receipt'].eku}\n`),
  )
  expect(asn1(root.certificate.der)).toContain(`OBJECT            :${extensionOids.testRoot}\n`)
})

it('only the root of a test carries the mark of one (rule 11)', () => {
  const options = { name: { commonName: 'Root' }, signer: root.signer, validity }
  expect(asn1(makeRoot({ ...options, purpose: 'production' }))).not.toContain(extensionOids.testRoot)
})

it('serial numbers are 16 bytes, positive and all different', () => {
  const serials = Array.from({ length: 50 }, () => {
    const leaf = parseCertificate(makeDocumentLeaf({ kind: 'pack', ...subject('Leaf') }, issuing))
    expect(leaf.serial).toHaveLength(16)
    expect(leaf.serial[0]).toBeLessThan(0x80)
    return Buffer.from(leaf.serial).toString('hex')
  })
  expect(new Set(serials).size).toBe(50)
})

it('times are written as RFC 5280 has them, on both sides of 2050', () => {
  for (const end of ['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z']) {
    const ending = { notBefore: validity.notBefore, notAfter: fromIso(end) }
    const leaf = makeDocumentLeaf({ kind: 'pack', ...subject('Leaf'), validity: ending }, issuing)
    expect(toIso(parseCertificate(leaf).notAfter)).toBe(end)
    expect(asn1(leaf)).toContain(
      end < '2050' ? 'UTCTIME           :491231235959Z' : 'GENERALIZEDTIME   :20500101000000Z',
    )
  }
})

it('a certificate never outlives its issuer (rule 6), and never ends before it begins', () => {
  const late = { notBefore: at, notAfter: validity.notAfter + 1 }
  expect(() => makeDocumentLeaf({ kind: 'pack', ...subject('Leaf'), validity: late }, issuing)).toThrow('outlive')
  const backwards = { notBefore: at, notAfter: at - days(1) }
  expect(() => makeDocumentLeaf({ kind: 'pack', ...subject('Leaf'), validity: backwards }, issuing)).toThrow(
    'before it',
  )
})

it('root and issuing keys cannot be mixed up (rule 44)', () => {
  expect(() => makeDocumentLeaf({ kind: 'revocation-list', ...subject('List') }, issuing)).toThrow('wrong issuer')
  expect(() => makeDocumentLeaf({ kind: 'pack', ...subject('Leaf') }, root)).toThrow('wrong issuer')
})

it('names from outside are cut to 64 characters and freed of control characters', () => {
  const name = { commonName: `a\u0007b${'ü'.repeat(100)}`, organization: 'Müller & Söhne, "Co"' }
  const leaf = makeDocumentLeaf({ kind: 'pack', ...subject('x'), name }, issuing)
  expect(parseCertificate(leaf).subject.text).toContain(`CN=a b${'ü'.repeat(61)}`)
  expect(opensslVerify(leaf)).toContain('OK')
})

const entitlement: Entitlement = {
  customer: 'Example Customer',
  environment: 'production',
  groups: [{ group: 1, generation: 3 }],
  thresholds: new Map([['desktop', 5]]),
  aboveQuantity: 'report',
  features: [],
  agreementEnds: at,
  logId: new Uint8Array(32).fill(7),
  recoveryKey: new Uint8Array(32).fill(8),
  hardware: { anchor: new Uint8Array(32).fill(9), vector: Array.from({ length: 10 }, () => null) },
  attested: false,
  serial: 42,
  noteKey: new Uint8Array(32).fill(10),
  weakCounts: false,
}

function newKey(): Signer {
  return signerFromPkcs8(generatePrivateKey('ESP256'))
}

function subject(commonName: string): Subject {
  return { name: { commonName }, publicKey: leafKey.publicKey, validity }
}

/** A host is no root, but its certificate has no path length either, so the maker's own check lets this one through. */
function makeDocumentLeafUnchecked(host: Issuer): ReturnType<typeof parseCertificate> {
  return parseCertificate(makeDocumentLeaf({ kind: 'revocation-list', ...subject('Forged') }, host))
}

function verifiedPath(leaf: Uint8Array, eku: string): readonly unknown[] {
  const question = { leaf: parseCertificate(leaf), intermediates: [issuing.certificate], roots: [root.certificate] }
  return verifyPath({ ...question, eku, at }).path
}

function opensslVerify(leaf: Uint8Array, ...options: readonly string[]): string {
  const folder = temporaryFolder()
  const files = { root: root.certificate.der, issuing: issuing.certificate.der, leaf }
  for (const [name, der] of Object.entries(files)) writeFileSync(join(folder, name), encodePem('CERTIFICATE', der))
  const chain = ['-CAfile', join(folder, 'root'), '-untrusted', join(folder, 'issuing'), join(folder, 'leaf')]
  return execFileSync('openssl', ['verify', '-x509_strict', ...options, ...chain], { encoding: 'utf8' })
}

function asn1(der: Uint8Array): string {
  return execFileSync('openssl', ['asn1parse', '-inform', 'DER'], { input: der, encoding: 'utf8' })
}

function opensslText(der: Uint8Array): string {
  return execFileSync('openssl', ['x509', '-inform', 'DER', '-noout', '-text'], { input: der, encoding: 'utf8' })
}
