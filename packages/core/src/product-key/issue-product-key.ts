import { checkDigits } from './check.ts'
import { packPayload } from './payload.ts'
import { type KeyKind, keyKinds, ProductKey } from './product-key.ts'

/** What a new key is made of. */
export interface NewProductKey {
  readonly kind: KeyKind
  /** Number of the key group, 0 to 1023. */
  readonly group: number
  /** Number of the key, 0 to 2^32 − 1, given once only by whoever issues it. */
  readonly serial: number
  /** Eight bytes from the operating system's generator, of which the last 61 bits, big-endian, go into the key. */
  readonly random: Uint8Array
}

/** Makes a product key. Numbers out of range are a bug of the caller. */
export function issueProductKey({ kind, group, serial, random }: NewProductKey): ProductKey {
  requireBelow(group, 2 ** 10, 'group')
  requireBelow(serial, 2 ** 32, 'serial')
  if (random.length !== 8) throw new Error(`random takes 8 bytes, not ${random.length}`)
  const bits = random.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  const payload = packPayload({ kind: keyKinds.indexOf(kind), group, serial, random: bits })
  return new ProductKey([...payload, ...checkDigits(payload)])
}

function requireBelow(value: number, limit: number, name: string): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new Error(`${name} takes a whole number from 0 to ${limit - 1}, not ${value}`)
  }
}
