import { publicKeyFromSpki, verifyDer } from '../crypto.ts'
import type { PublicKey } from '../crypto.ts'
import { DerReader } from '../der/reader.ts'
import { contextConstructed, tags } from '../der/tags.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { readExtensions } from './extension.ts'
import type { Extension } from './extension.ts'
import { readName } from './name.ts'
import { extensionOids, standardOids } from './oids.ts'
import { parseSigned } from './signed.ts'

/** All that is believed of a PKCS#10 request: its key has signed it, and asks for a certificate for this log. */
export interface CertificateRequest {
  /** The name that was asked for, for people; the issuer decides. */
  readonly subject: string
  readonly publicKey: PublicKey
  /** 32 bytes (rule 7). */
  readonly logId: Uint8Array
}

const logIdLength = 32

/** Reads a PKCS#10 request (RFC 2986) of a P-256 key; `MALFORMED`, or `SIGNATURE_INVALID` if it was not that key's. */
export function parseCertificateRequest(der: Uint8Array): CertificateRequest {
  const { content, signature } = parseSigned(new Uint8Array(der), what)
  const reader = new DerReader(content, what).sequence()
  if (reader.smallUnsigned() !== 0) throw new ActivationError('MALFORMED', 'the request is not of version 1')
  const subject = readName(reader, what).text
  const publicKey = publicKeyFromSpki(reader.whole(tags.sequence))
  const extensions = readRequestedExtensions(reader.inside(contextConstructed(0)))
  reader.end()
  if (!verifyDer(publicKey, content, signature)) {
    throw new ActivationError('SIGNATURE_INVALID', 'the request was not signed by the key it asks a certificate for')
  }
  return { subject, publicKey, logId: readLogId(extensions) }
}

const what = 'certificate request'

function readRequestedExtensions(attributes: DerReader): readonly Extension[] {
  const [extensions = [], ...others] = attributes.all(readAttribute).filter((found) => found.length > 0)
  if (others.length > 0) throw new ActivationError('MALFORMED', 'the request has an extensionRequest twice')
  return extensions
}

/** The extensions in an extensionRequest (RFC 2985 §5.4.2), which are at least one; none in any other attribute. */
function readAttribute(attributes: DerReader): readonly Extension[] {
  const attribute = attributes.sequence()
  const oid = attribute.oid()
  const values = attribute.inside(tags.set)
  attribute.end()
  if (oid !== standardOids.extensionRequest) return []
  const extensions = readExtensions(values, what)
  values.end()
  return extensions
}

function readLogId(extensions: readonly Extension[]): Uint8Array {
  const extension = extensions.find(({ oid }) => oid === extensionOids.logId)
  if (extension === undefined) throw new ActivationError('MALFORMED', 'the request does not name its log')
  const reader = new DerReader(extension.value, 'log ID')
  const logId = reader.octetString()
  reader.end()
  if (logId.length !== logIdLength) throw new ActivationError('MALFORMED', 'the log ID is not 32 bytes long')
  return logId
}
