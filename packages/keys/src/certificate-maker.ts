import type { PublicKey, Signer } from '@volact/core/crypto'
import { encodeEntitlementExtension, type Entitlement } from '@volact/core/document/entitlement'
import { documentKinds, type DocumentKind } from '@volact/core/document/kinds'
import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import * as extensions from './extensions.ts'
import { derName, type DistinguishedName } from './name.ts'
import { signCertificate } from './sign-certificate.ts'

/** First and last second of a certificate. */
export interface Validity {
  readonly notBefore: Instant
  readonly notAfter: Instant
}

/** A certificate and the key that signs with it. */
export interface Issuer {
  readonly certificate: Certificate
  readonly signer: Signer
}

/** What every certificate needs that somebody else issues. */
export interface Subject {
  readonly name: DistinguishedName
  readonly publicKey: PublicKey
  readonly validity: Validity
}

/** What a root is made of; `purpose` test marks it, so that whoever meets it prints a banner (rule 11). */
export interface RootOptions {
  readonly name: DistinguishedName
  readonly signer: Signer
  readonly validity: Validity
  readonly purpose: 'production' | 'test'
}

/** Makes a self-signed root: a CA without a path length (rule 1). DER. */
export function makeRoot({ name, signer, validity, purpose }: RootOptions): Uint8Array {
  const { publicKey } = signer
  const mark = purpose === 'test' ? [extensions.ownMark(extensionOids.testRoot)] : []
  const fields = {
    ...{ issuer: derName(name), subject: derName(name), publicKey, ...validity },
    extensions: [
      extensions.authorityConstraints(),
      extensions.authorityKeyUsage(),
      extensions.subjectKeyIdentifier(publicKey),
      extensions.authorityKeyIdentifier(publicKey),
      ...mark,
    ],
  }
  return signCertificate(fields, signer)
}

/** Makes an issuing certificate: a CA with path length 0 (rule 1). DER. */
export function makeIssuing(subject: Subject, root: Issuer): Uint8Array {
  return issue(subject, root, [extensions.authorityConstraints(0), extensions.authorityKeyUsage()])
}

/** What the leaf of a document's signer is made of. */
export interface DocumentLeafOptions extends Subject {
  readonly kind: Exclude<DocumentKind, 'host-receipt'>
}

/**
 * Makes the leaf for a key of the vendor that signs one kind of document (rule 2). A revocation list's is issued by a
 * root, every other by an issuing certificate (rule 44): the wrong one is a bug. DER.
 */
export function makeDocumentLeaf({ kind, ...subject }: DocumentLeafOptions, issuer: Issuer): Uint8Array {
  requireIssuer(kind, issuer)
  return issueLeaf(subject, issuer, documentKinds[kind].eku, [])
}

/** What the certificate of a host's signing key is made of. */
export interface HostCertificateOptions extends Subject {
  readonly entitlement: Entitlement
}

/** Makes the certificate of a host's signing key, with what the customer may do in it (rule 5). DER. */
export function makeHostCertificate({ entitlement, ...subject }: HostCertificateOptions, issuer: Issuer): Uint8Array {
  requireIssuer('host-receipt', issuer)
  const value = encodeEntitlementExtension(entitlement)
  const own = extensions.extension(extensionOids.entitlement, value, 'non-critical')
  return issueLeaf(subject, issuer, documentKinds['host-receipt'].eku, [own])
}

const serverAuth = '1.3.6.1.5.5.7.3.1'

/** What a TLS server's certificate is made of: `names` are DNS names and IP addresses. */
export interface ServerCertificateOptions extends Subject {
  readonly names: readonly [string, ...string[]]
}

/** Makes the certificate of a TLS server. DER. */
export function makeServerCertificate({ names, ...subject }: ServerCertificateOptions, issuer: Issuer): Uint8Array {
  return issueLeaf(subject, issuer, serverAuth, [extensions.serverNames(names)])
}

function requireIssuer(kind: DocumentKind, { certificate }: Issuer): void {
  const isRoot = certificate.basicConstraints?.pathLength === undefined
  if (isRoot !== (kind === 'revocation-list')) throw new Error(`the wrong issuer for a ${kind} leaf`)
}

function issueLeaf(subject: Subject, issuer: Issuer, usage: string, more: readonly Uint8Array[]): Uint8Array {
  return issue(subject, issuer, [
    extensions.leafConstraints(),
    extensions.leafKeyUsage(),
    extensions.soleExtendedKeyUsage(usage),
    ...more,
  ])
}

function issue(
  { name, publicKey, validity }: Subject,
  { certificate, signer }: Issuer,
  own: readonly Uint8Array[],
): Uint8Array {
  // What outlives its issuer is worth nothing after it, and a lease might be dated beyond the chain (rule 6).
  if (validity.notAfter > certificate.notAfter) throw new Error('a certificate must not outlive its issuer')
  const fields = {
    ...{ issuer: certificate.subject.raw, subject: derName(name), publicKey, ...validity },
    extensions: [
      ...own,
      extensions.subjectKeyIdentifier(publicKey),
      extensions.authorityKeyIdentifier(certificate.publicKey),
    ],
  }
  return signCertificate(fields, signer)
}
