import { decodeUtf8 } from '@volact/core/bytes'
import { decodePem } from '@volact/core/der/pem'
import { parseChainDocument } from '@volact/core/document/chain-document'
import { openPack } from '@volact/core/document/pack'
import { parseRoot } from '@volact/core/x509/root'
import type { EmbeddedVendor } from '../vendors/embedded-vendors.ts'

/**
 * Makes a vendor of its pack and its root certificate, as `volact authority pack export` and `root.pem` have them: PEM with one root or
 * several, or one in DER. Both must be part of the program, as bytes in its bundle or files that are installed with its code: who can
 * write to where they come from decides who may license the program (rule 11).
 *
 * `revocations` is the vendor's newest revocation list, where there is one (rule 44). The pack is checked as of the time when the certificate that signed it began, so that a program that was built years ago goes on.
 * A pack of another vendor, or a file that was altered, throws at the first start on your own desk: `ROOT_UNKNOWN`, `CHAIN_INVALID`,
 * `SIGNATURE_INVALID`, `KIND_MISMATCH`, `MALFORMED`.
 */
export function vendorFromPack(pack: Uint8Array, roots: Uint8Array | string, revocations?: Uint8Array): EmbeddedVendor {
  const trusted = rootsOf(roots).map(parseRoot)
  const { notBefore } = parseChainDocument(pack, 'pack').leaf
  const { catalog } = openPack(pack, trusted, notBefore)
  return { roots: trusted.map(({ der }) => der), policy: catalog, ...(revocations !== undefined && { revocations }) }
}

function rootsOf(roots: Uint8Array | string): readonly Uint8Array[] {
  const text = typeof roots === 'string' ? roots : (decodeUtf8(roots) ?? '')
  return typeof roots === 'string' || text.startsWith('-----BEGIN ') ? decodePem('CERTIFICATE', text) : [roots]
}
