import { fromHex, toHex } from '../bytes.ts'

/** The 16 bytes of a UUID in its usual writing (RFC 9562 §4). */
export function uuidToBytes(uuid: string): Uint8Array {
  return fromHex(uuid.replaceAll('-', ''))
}

/** Writes 16 bytes as a UUID in lower case. */
export function uuidFromBytes(bytes: Uint8Array): string {
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
