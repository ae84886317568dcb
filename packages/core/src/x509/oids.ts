// A UUID (9df9cf92-11b2-4d03-8e7c-e86654095235) under 2.25 (X.667) needs nobody's registration.
const arc = '2.25.209985887287583444754453867910344036917'

/** The kinds of documents that a certificate may be for. */
export type DocumentKind =
  'hostReceipt' | 'authorityReceipt' | 'pack' | 'confirmation' | 'directoryObject' | 'revocationList'

/** The extended key usage of each kind of document: a key signs one kind and nothing else (rule 2). */
export const keyUsageOids: Readonly<Record<DocumentKind, string>> = {
  hostReceipt: `${arc}.1.1`,
  authorityReceipt: `${arc}.1.2`,
  pack: `${arc}.1.3`,
  confirmation: `${arc}.1.4`,
  directoryObject: `${arc}.1.5`,
  revocationList: `${arc}.1.6`,
}

/** The extensions of our own; none is critical (rule 5). */
export const extensionOids: Readonly<Record<'entitlement' | 'testRoot' | 'logId', string>> = {
  /** In a host certificate: OCTET STRING of deterministic CBOR. */
  entitlement: `${arc}.2.1`,
  /** In the root of a test: NULL (rule 11). */
  testRoot: `${arc}.2.2`,
  /** In the extensionRequest of a PKCS#10 request: OCTET STRING of the 32 bytes of the log ID (rule 7). */
  logId: `${arc}.2.3`,
}

/** The identifiers of RFC 5280, RFC 5758 and RFC 2985 that we read. */
export const standardOids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const
