import { concat, utf8 } from '@volact/core/bytes'
import { tags } from '@volact/core/der/tags'
import { derElement, derOid, derSequence, derUnsigned } from '@volact/core/der/writer'
import { civilTimeOf, type Instant } from '@volact/core/time'

/** Writes TRUE; DER leaves FALSE out where it is the default. */
export function derTrue(): Uint8Array {
  return derElement(tags.boolean, Uint8Array.of(0xff))
}

/** Writes a UTF8String. */
export function derText(text: string): Uint8Array {
  return derElement(tags.utf8String, utf8(text))
}

/** Writes a BIT STRING of whole bytes. */
export function derBitString(bytes: Uint8Array): Uint8Array {
  return derElement(tags.bitString, Uint8Array.of(0), bytes)
}

/** Writes a BIT STRING in which the named bits are set; DER leaves out the zeros after the last one (X.690 §11.2.2). */
export function derNamedBits(...bits: readonly [number, ...number[]]): Uint8Array {
  const value = bits.reduce((byte, bit) => byte | (0x80 >> bit), 0)
  return derElement(tags.bitString, Uint8Array.of(7 - Math.max(...bits), value))
}

/** Writes a time as RFC 5280 §4.1.2.5 has it: UTCTime to the end of 2049, GeneralizedTime from 2050. */
export function derTime(instant: Instant): Uint8Array {
  const { year, month, day, hour, minute, second } = civilTimeOf(instant)
  const rest = [month, day, hour, minute, second].map((part) => String(part).padStart(2, '0')).join('')
  return year < 2050
    ? derElement(tags.utcTime, utf8(`${String(year % 100).padStart(2, '0')}${rest}Z`))
    : derElement(tags.generalizedTime, utf8(`${String(year)}${rest}Z`))
}

/** Writes the AlgorithmIdentifier ecdsa-with-SHA256, without parameters (RFC 5758 §3.2). */
export function derEcdsaWithSha256(): Uint8Array {
  return derSequence(derOid('1.2.840.10045.4.3.2'))
}

/** Writes a raw ECDSA signature r ‖ s as certificates have it (RFC 3279 §2.2.3). */
export function derSignature(raw: Uint8Array): Uint8Array {
  return derSequence(derUnsigned(raw.subarray(0, 32)), derUnsigned(raw.subarray(32)))
}

/** Writes what is signed, the algorithm and the signature: the frame of certificates and of PKCS#10 requests. */
export function derSigned(content: Uint8Array, sign: (data: Uint8Array) => Uint8Array): Uint8Array {
  return derSequence(content, derEcdsaWithSha256(), derBitString(derSignature(sign(content))))
}

/** Writes `[number] EXPLICIT`, or an IMPLICIT one before a SEQUENCE or SET. */
export function derContext(number: number, ...contents: readonly Uint8Array[]): Uint8Array {
  return derElement(0xa0 | number, concat(...contents))
}
