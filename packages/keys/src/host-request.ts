import { type Signer, spkiFromPublicKey } from '@volact/core/crypto'
import { tags } from '@volact/core/der/tags'
import { derElement, derOid, derSequence, derUnsigned } from '@volact/core/der/writer'
import { extensionOids, standardOids } from '@volact/core/x509/oids'
import { derContext, derSigned } from './der-values.ts'
import { ownBytes } from './extensions.ts'
import { derName } from './name.ts'

/** What a host asks for a certificate with. */
export interface HostRequestOptions {
  /** A common name for people; the authority believes nothing of it. */
  readonly subject: string
  /** Holds the signing key, made for this activation (rule 4). */
  readonly signer: Signer
  /** Leaf hash of entry 0 of the ledger (rule 7): 32 bytes. */
  readonly logId: Uint8Array
}

/** Writes and signs a PKCS#10 request (RFC 2986 §4) with the log ID in its extensionRequest (RFC 2985 §5.4.2). DER. */
export function createHostRequest({ subject, signer, logId }: HostRequestOptions): Uint8Array {
  const extensions = derSequence(ownBytes(extensionOids.logId, logId))
  const attribute = derSequence(derOid(standardOids.extensionRequest), derElement(tags.set, extensions))
  const content = derSequence(
    derUnsigned(Uint8Array.of(0)),
    derName({ commonName: subject }),
    spkiFromPublicKey(signer.publicKey),
    derContext(0, attribute),
  )
  return derSigned(content, (data) => signer.sign(data))
}
