import { toHex, equal } from '@volact/core/bytes'
import { entitlementOf } from '@volact/core/document/entitlement'
import { documentKinds } from '@volact/core/document/kinds'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Certificate, extensionValue } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import { verifyPath } from '@volact/core/x509/path'
import { parseCertificates } from '../read-root.ts'
import { type Inspector, isTestRoot } from './inspector.ts'
import { type View, viewOf } from './view.ts'

/** A certificate, or several in PEM: the first is the one that is checked, with the others as its issuers. */
export const certificateInspector: Inspector = {
  read: (bytes) => {
    const [first, ...more] = parseCertificates(bytes).map(certificateView)
    return more.length === 0 && first !== undefined ? first : [first ?? null, ...more]
  },
  verify: (bytes, { roots, chain, at }) => {
    const [leaf, ...others] = parseCertificates(bytes)
    if (leaf === undefined) throw new ActivationError('MALFORMED', 'there is no certificate in it')
    const root = roots.find(({ der }) => equal(der, leaf.der))
    if (root !== undefined) return { by: 'it is the root itself', root }
    const [eku = ''] = leaf.extendedKeyUsage ?? []
    const path = verifyPath({ leaf, intermediates: [...others, ...chain], roots, eku, at })
    return { by: 'its path leads to the root', root: path.root }
  },
}

/** Shows what a certificate says of itself. */
export function certificateView(certificate: Certificate): View {
  const { subject, issuer, serial, notBefore, notAfter, fingerprint, extendedKeyUsage } = certificate
  const isHost = extensionValue(certificate, extensionOids.entitlement) !== undefined
  return viewOf({
    ...{ subject: subject.text, issuer: issuer.text, serial: toHex(serial), notBefore, notAfter, fingerprint },
    ...(extendedKeyUsage && { use: extendedKeyUsage.map(useName) }),
    ...(isTestRoot(certificate) && { testRoot: true }),
    ...(isHost && { entitlement: entitlementOf(certificate) }),
  })
}

function useName(oid: string): string {
  return Object.entries(documentKinds).find(([, { eku }]) => eku === oid)?.[0] ?? oid
}
