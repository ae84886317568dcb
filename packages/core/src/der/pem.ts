import { decodeBase64, encodeBase64 } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'

/** Writes bytes as a textual encoding with the label (RFC 7468 §3): lines of 64 characters, ending with a line feed. */
export function encodePem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/**
 * Reads one or more textual encodings with the label, in the strict form of RFC 7468 §3, lines ending in LF or CRLF, and
 * nothing before, between or after them (rule 12). Anything else is `MALFORMED`; the text is never quoted, for it may be
 * a private key.
 */
export function decodePem(label: string, text: string): readonly Uint8Array[] {
  const unified = text.replaceAll('\r\n', '\n')
  const block = new RegExp(`-----BEGIN ${label}-----\n([A-Za-z0-9+/=\n]*)-----END ${label}-----\n?`, 'y')
  const blocks: Uint8Array[] = []
  while (block.lastIndex < unified.length) {
    const [written, body = ''] = block.exec(unified) ?? []
    if (written === undefined) throw malformed(label)
    const bytes = decodeBase64(body.replaceAll('\n', ''))
    if (encodePem(label, bytes) !== (written.endsWith('\n') ? written : `${written}\n`)) throw malformed(label)
    blocks.push(bytes)
  }
  if (blocks.length === 0) throw malformed(label)
  return blocks
}

function malformed(label: string): ActivationError {
  return new ActivationError('MALFORMED', `the text is not PEM with "BEGIN ${label}", as RFC 7468 has it strictly`)
}
