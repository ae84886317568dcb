import { ActivationError } from '../errors/activation-error.ts'

// Room for 2.25 with a UUID of 128 bits (19 bytes) and a tail; nobody needs more.
const maxLength = 64

/** Reads the content of an OBJECT IDENTIFIER (X.690 §8.19) as dotted decimals; arcs of any width. Else `MALFORMED`. */
export function decodeOid(content: Uint8Array): string {
  if (content.length === 0 || content.length > maxLength || Number(content.at(-1)) > 0x7f) throw malformed()
  const arcs: bigint[] = []
  let arc = 0n
  let isFirstByte = true
  for (const byte of content) {
    if (isFirstByte && byte === 0x80) throw malformed()
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    isFirstByte = byte < 0x80
    if (!isFirstByte) continue
    arcs.push(...(arcs.length === 0 ? firstTwo(arc) : [arc]))
    arc = 0n
  }
  return arcs.join('.')
}

/** Writes dotted decimals as the content of an OBJECT IDENTIFIER. Anything that is no OID is a bug. */
export function encodeOid(oid: string): Uint8Array {
  if (!/^[0-2](?:\.(?:0|[1-9]\d*))+$/.test(oid)) throw new Error(`"${oid}" is not an object identifier`)
  const [first = 0n, second = 0n, ...rest] = oid.split('.').map(BigInt)
  if (first < 2n && second > 39n) throw new Error(`"${oid}" is not an object identifier`)
  return Uint8Array.from([first * 40n + second, ...rest].flatMap(base128))
}

function firstTwo(arc: bigint): bigint[] {
  const first = arc < 80n ? arc / 40n : 2n
  return [first, arc - first * 40n]
}

function base128(arc: bigint): number[] {
  const bytes = [Number(arc & 0x7fn)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80)
  return bytes
}

function malformed(): ActivationError {
  return new ActivationError('MALFORMED', 'not DER: an object identifier that is empty, too long or not minimal')
}
