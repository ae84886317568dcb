import { excerpt, utf8 } from '@volact/core/bytes'
import { contextPrimitive } from '@volact/core/der/tags'
import { derElement } from '@volact/core/der/writer'
import { ActivationError } from '@volact/core/errors/activation-error'
import { addressBytes } from './address-bytes.ts'

/** Writes a GeneralName (RFC 5280 §4.2.1.6): a DNS name or an IP address; `USAGE` for anything else. */
export function derServerName(name: string): Uint8Array {
  const address = addressBytes(name)
  if (address !== undefined) return derElement(contextPrimitive(7), address)
  if (isDnsName(name)) return derElement(contextPrimitive(2), utf8(name))
  throw new ActivationError('USAGE', `"${excerpt(name)}" is neither a DNS name nor an IP address`)
}

/** Says whether a certificate can name the text as a DNS name: labels of letters, digits, hyphens and underscores. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label))
}
