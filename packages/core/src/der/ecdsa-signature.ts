const coordinateLength = 32

/**
 * Gives the raw form r‖s (64 bytes) of an ECDSA signature on P-256 in strict DER (RFC 3279 §2.2.3), or `undefined` when
 * the bytes are anything else: one signature must not have several encodings.
 */
export function rawFromDerSignature(der: Uint8Array): Uint8Array | undefined {
  const [tag, length] = der
  if (tag !== 0x30 || length !== der.length - 2) return undefined
  const r = integerAt(der, 2)
  const s = r === undefined ? undefined : integerAt(der, r.end)
  if (r === undefined || s?.end !== der.length) return undefined
  const raw = new Uint8Array(2 * coordinateLength)
  raw.set(r.value, coordinateLength - r.value.length)
  raw.set(s.value, 2 * coordinateLength - s.value.length)
  return raw
}

/** Gives the raw form of a signature that was made here. */
export function requireRawSignature(der: Uint8Array): Uint8Array {
  const raw = rawFromDerSignature(der)
  if (raw === undefined) throw new Error('a signature that was made here is no strict DER')
  return raw
}

/** Gives the strict DER of an ECDSA signature on P-256 in its raw form r‖s, 64 bytes. */
export function derFromRawSignature(raw: Uint8Array): Uint8Array {
  const der = new Uint8Array(2 * coordinateLength + 8)
  const end = writeInteger(der, writeInteger(der, 2, raw, 0), raw, coordinateLength)
  der[0] = 0x30
  der[1] = end - 2
  return der.subarray(0, end)
}

/** Writes the 32 bytes at an offset as an INTEGER in as few bytes as it needs, and gives the place behind it. */
function writeInteger(der: Uint8Array, start: number, raw: Uint8Array, from: number): number {
  let first = from
  while (first < from + coordinateLength - 1 && raw[first] === 0) first += 1
  const isHigh = Number(raw[first]) >= 0x80
  const length = from + coordinateLength - first + Number(isHigh)
  der[start] = 2
  der[start + 1] = length
  der.set(raw.subarray(first, from + coordinateLength), start + 2 + Number(isHigh))
  return start + 2 + length
}

/** A positive INTEGER of at most 32 bytes, in as few bytes as it needs. */
function integerAt(der: Uint8Array, start: number): { value: Uint8Array; end: number } | undefined {
  const [tag, length = 0] = der.subarray(start, start + 2)
  const content = der.subarray(start + 2, start + 2 + length)
  const [first = 0x80, second = 0] = content
  if (tag !== 2 || content.length !== length || first >= 0x80) return undefined
  if (first === 0 && second < 0x80) return undefined
  const value = first === 0 ? content.subarray(1) : content
  return value.length > coordinateLength ? undefined : { value, end: start + 2 + length }
}
