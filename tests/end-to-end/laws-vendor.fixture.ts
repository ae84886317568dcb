import { randomBytes } from 'node:crypto'
import { entitlementOf } from '@volact/core/document/entitlement'
import { signPack } from '@volact/core/document/pack'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey } from '@volact/core/product-key/product-key'
import { days } from '@volact/core/time'
import { parseCertificate } from '@volact/core/x509/certificate'
import { makeVendor, newSigner, start, type TestVendor } from '@volact/host/vendor.fixture'
import { makeDocumentLeaf, makeHostCertificate } from '@volact/keys/certificate-maker'

/** A vendor that also sells another edition of its desktop product, and whose hosts outlast every history. */
export interface LawVendor extends TestVendor {
  /** The other edition. */
  readonly professional: string
  /** The setup key of a product, by its activation ID. */
  setupKeyOf(id: string): string
}

const validity = { notBefore: start - days(1), notAfter: start + days(4_000) }

/** Makes a vendor whose desktop product needs three machines, and its server product as many as the certificate says. */
export function lawVendor(): LawVendor {
  const base = makeVendor({ threshold: 3 })
  const [desktop] = base.catalog.products
  if (desktop === undefined) throw new Error('the vendor sells a desktop product')
  const professional = crypto.randomUUID()
  const other = { slug: 'desktop-1-professional', edition: 'Professional', setupKey: setupKey() }
  const products = [...base.catalog.products, { ...desktop, ...other, activationId: professional }]
  const catalog = { ...base.catalog, products }
  const signer = newSigner()
  const subject = { name: { commonName: 'Example pack (test)' }, publicKey: signer.publicKey, validity }
  const leaf = makeDocumentLeaf({ ...subject, kind: 'pack' }, base.issuing)
  const chain = [leaf, base.issuing.certificate.der, base.root.der] as const
  return {
    ...{ ...base, catalog, professional },
    setupKeyOf: (id) => products.find(({ activationId }) => activationId === id)?.setupKey ?? '',
    pack: (number) => signPack({ number, issued: start, catalog, chain }, signer),
    certify: (...asked) => lasting(base, base.certify(...asked)),
  }
}

/** The same certificate for eleven years. */
function lasting({ issuing }: TestVendor, [der = new Uint8Array(), ...rest]: readonly Uint8Array[]): Uint8Array[] {
  const leaf = parseCertificate(der)
  const name = { commonName: 'Example host (test)' }
  const terms = { name, publicKey: leaf.publicKey, validity, entitlement: entitlementOf(leaf) }
  return [makeHostCertificate(terms, issuing), ...rest]
}

function setupKey(): string {
  return formatProductKey(issueProductKey({ kind: 'setup', group: 1, serial: 900, random: randomBytes(8) }))
}
