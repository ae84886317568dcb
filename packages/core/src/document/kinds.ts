import { keyUsageOids } from '../x509/oids.ts'
import { productName } from '../product-name.ts'

/** What a signed document is, where it is checked through certificates (protocol.md §3.2, rule 2). */
export type DocumentKind =
  'host-receipt' | 'authority-receipt' | 'pack' | 'confirmation' | 'directory-object' | 'revocation-list'

/** The two marks of a kind, which a verifier demands together: the `typ` of the envelope and the use of the key. */
export interface KindMarks {
  /** The protected header 16 (RFC 9596). */
  readonly typ: string
  /** The one extended key usage of the leaf certificate, as a dotted object identifier. */
  readonly eku: string
}

/** Every kind of document that is checked through certificates. */
export const documentKinds: Readonly<Record<DocumentKind, KindMarks>> = {
  'host-receipt': { typ: typ('host-receipt'), eku: keyUsageOids.hostReceipt },
  'authority-receipt': { typ: typ('authority-receipt'), eku: keyUsageOids.authorityReceipt },
  pack: { typ: typ('pack'), eku: keyUsageOids.pack },
  confirmation: { typ: typ('confirmation'), eku: keyUsageOids.confirmation },
  'directory-object': { typ: typ('directory-object'), eku: keyUsageOids.directoryObject },
  'revocation-list': { typ: typ('revocation-list'), eku: keyUsageOids.revocationList },
}

/** The `typ` of each signature that a device key makes: none can be taken for another (rule 4). */
export const deviceTyps: Readonly<
  Record<'request' | 'challengedRequest' | 'release' | 'agentProof' | 'fileRequest', string>
> = {
  request: typ('request'),
  challengedRequest: typ('challenged-request'),
  release: typ('release'),
  agentProof: typ('agent-proof'),
  fileRequest: typ('file-request'),
}

/** The `typ` of what a host's recovery key signs (rule 27). */
export const recoveryTyp: string = typ('recovery')

function typ(name: string): string {
  return `application/${productName}-${name}+cose`
}
