import { randomBytes } from 'node:crypto'
import type { Catalog } from '@volact/core/catalog/catalog'
import { parseCatalog } from '@volact/core/catalog/parse-catalog'
import { generatePrivateKey, type Signer, signerFromPkcs8 } from '@volact/core/crypto'
import type { Entitlement } from '@volact/core/document/entitlement'
import type { HostActivationEntry } from '@volact/core/document/plain-entry'
import { signPack } from '@volact/core/document/pack'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey } from '@volact/core/product-key/product-key'
import { days, type Instant } from '@volact/core/time'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import {
  type Issuer,
  makeDocumentLeaf,
  makeHostCertificate,
  makeIssuing,
  makeRoot,
} from '@volact/keys/certificate-maker'

/** When everything begins in these tests: 2026-01-01. */
export const start: Instant = 1_767_225_600

/** A vendor with real keys and certificates, as a test of the host needs one: services never import each other. */
export interface TestVendor {
  readonly catalog: Catalog
  readonly root: Certificate
  readonly issuing: Issuer
  readonly desktop: string
  readonly server: string
  /** A newer generation of the desktop product, which the host key does not cover. */
  readonly newer: string
  readonly hostKey: string
  readonly setupKey: string
  pack(number: number, catalog?: Catalog): Uint8Array
  /** DER, leaf first, without the root. */
  certify(entry: HostActivationEntry, logId: Uint8Array, terms?: Partial<Entitlement>): readonly Uint8Array[]
}

/** Makes a vendor whose desktop product needs `threshold` machines. */
export function makeVendor({ threshold = 3, id = 'example' }: { threshold?: number; id?: string } = {}): TestVendor {
  const catalog = makeCatalog(id, threshold)
  const validity = { notBefore: start - days(1), notAfter: start + days(4_000) }
  const rootSigner = newSigner()
  const root = parseCertificate(makeRoot({ name: name('root'), signer: rootSigner, validity, purpose: 'test' }))
  const issuer = { certificate: root, signer: rootSigner }
  const issuingSigner = newSigner()
  const subject = { name: name('issuing'), publicKey: issuingSigner.publicKey, validity }
  const issuing = { certificate: parseCertificate(makeIssuing(subject, issuer)), signer: issuingSigner }
  const packSigner = newSigner()
  const packSubject = { name: name('pack'), publicKey: packSigner.publicKey, validity }
  const packLeaf = makeDocumentLeaf({ ...packSubject, kind: 'pack' }, issuing)
  const [desktop = '', server = '', newer = ''] = catalog.products.map(({ activationId }) => activationId)
  return {
    ...{ catalog, root, issuing, desktop, server, newer },
    hostKey: key('host', 2),
    setupKey: key('setup', 1),
    pack: (number, changed = catalog) =>
      signPack(
        { number, issued: start, catalog: changed, chain: [packLeaf, issuing.certificate.der, root.der] },
        packSigner,
      ),
    certify: (entry, logId, terms = {}) => [
      makeHostCertificate(
        {
          ...{ name: name('host'), publicKey: entry.signingKey },
          validity: { notBefore: start - days(1), notAfter: start + days(1_000) },
          entitlement: { ...entitlementFor(entry, logId), ...terms },
        },
        issuing,
      ),
      issuing.certificate.der,
    ],
  }
}

function entitlementFor({ recoveryKey, noteKey, hardware }: HostActivationEntry, logId: Uint8Array): Entitlement {
  return {
    ...{ customer: 'Example Customer', environment: 'production', features: [], thresholds: new Map<string, number>() },
    groups: [
      { group: 1, generation: 1 },
      { group: 2, generation: 1 },
    ],
    ...{ aboveQuantity: 'report', agreementEnds: start + days(820), attested: false, serial: 1, weakCounts: false },
    ...{ logId, recoveryKey, noteKey, hardware },
  }
}

function makeCatalog(id: string, threshold: number): Catalog {
  const parsed = parseCatalog({
    format: 1,
    vendor: { id, name: 'Example', contacts: { email: 'activation@example.com' } },
    applications: [{ id: uuid(), slug: 'office', name: 'Office' }],
    families: [
      { slug: 'desktop', name: 'Desktop', application: 'office', threshold },
      { slug: 'server', name: 'Server', application: 'office', threshold: 2 },
    ],
    groups: [
      { slug: 'client', name: 'Client', number: 1 },
      { slug: 'servers', name: 'Servers', number: 2, includes: ['client'] },
    ],
    products: [
      product('desktop-1', 'desktop', 'client', 1),
      product('server-1', 'server', 'servers', 1),
      product('desktop-2', 'desktop', 'client', 2),
    ],
  })
  if ('catalog' in parsed) return parsed.catalog
  throw new Error(JSON.stringify(parsed.problems))
}

function product(slug: string, family: string, group: string, generation: number): object {
  const setupKey = key('setup', group === 'client' ? 1 : 2)
  return { activationId: uuid(), slug, name: slug, edition: 'Standard', family, group, generation, setupKey }
}

let serial = 0

function key(kind: 'host' | 'setup', group: number): string {
  serial += 1
  return formatProductKey(issueProductKey({ kind, group, serial, random: randomBytes(8) }))
}

function uuid(): string {
  return crypto.randomUUID()
}

function name(commonName: string): { commonName: string } {
  return { commonName: `Example ${commonName} (test)` }
}

/** Makes a P-256 key. */
export function newSigner(): Signer {
  return signerFromPkcs8(generatePrivateKey('ESP256'))
}
