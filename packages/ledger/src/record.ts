import { crc32 } from 'node:zlib'
import { concat, equal, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { productName } from '@volact/core/product-name'

/** Length of the header at the beginning of every log file, in bytes: 14 letters, a zero, the format, 12 of salt, u32 CRC-32 of these. */
export const headerLength = 32

/** Length of what stands before the bytes of a record: u32 length, u32 CRC-32, both big-endian. */
export const prefixLength = 8

/** The longest record, in bytes. No entry comes near it: whatever claims more is no record. */
export const recordLimit = 65_536

/** Which of the two log files of a ledger. */
export type LogKind = 'entries' | 'details'

const format = 1

/** Length of the salt in a header, in bytes. */
export const saltLength = 12

/** Gives the header of a new log file; the salt is random, from the operating system (rule 53). */
export function header(kind: LogKind, salt: Uint8Array): Uint8Array {
  if (salt.length !== saltLength) throw new Error(`a salt has ${saltLength} bytes`)
  const bytes = concat(beginning(kind), salt, new Uint8Array(4))
  new DataView(bytes.buffer).setUint32(headerLength - 4, crc32(bytes.subarray(0, -4)))
  return bytes
}

/**
 * Gives the seed of a file's checksums, which its header has made. Machines choose much of what is written, and could put into it what
 * passes as a record of its own after a torn write; but they do not know the seed.
 */
export function seedOf(fileHeader: Uint8Array): number {
  // Of the salt alone: the checksum behind it would cancel out much of it.
  return crc32(fileHeader.subarray(-4 - saltLength, -4))
}

/** Refuses a file that does not begin as a log file of the kind: `LEDGER_DAMAGED`, or `FOLDER_NEWER` for a later format. */
export function checkHeader(bytes: Uint8Array, kind: LogKind, path: string): void {
  const wanted = beginning(kind)
  const at = wanted.length - 1
  if (bytes.length < wanted.length || wanted.subarray(0, at).some((byte, index) => byte !== bytes[index])) {
    throw new ActivationError('LEDGER_DAMAGED', `${path} does not begin like a log file (offset 0)`, { data: { path } })
  }
  const found = bytes[at] ?? 0
  if (found !== format) {
    // A later format is what a newer version writes; format 0 never was one.
    const message = `${path} has format ${found}, and this version knows ${format} (offset ${at})`
    throw new ActivationError(found > format ? 'FOLDER_NEWER' : 'LEDGER_DAMAGED', message, { data: { path } })
  }
  if (equal(bytes, header(kind, bytes.slice(wanted.length, wanted.length + saltLength)))) return
  throw new ActivationError('LEDGER_DAMAGED', `${path} has a damaged header (offset ${at + 1})`, { data: { path } })
}

function beginning(kind: LogKind): Uint8Array {
  return concat(utf8(`${productName}-${kind}`), Uint8Array.of(0, format))
}

/** Writes a record. Its checksum begins with the seed of the file, and covers the length, too, so that no flipped bit passes as another length. */
export function encodeRecord(bytes: Uint8Array, seed: number): Uint8Array {
  if (bytes.length === 0 || bytes.length > recordLimit) throw new Error(`a record has 1 to ${recordLimit} bytes`)
  const record = concat(new Uint8Array(prefixLength), bytes)
  const view = new DataView(record.buffer)
  view.setUint32(0, bytes.length)
  view.setUint32(4, checksum(record, bytes.length, seed))
  return record
}

/** Returns the bytes of the record that begins at an offset, without copying them; `undefined` where no whole one begins. */
export function recordAt(bytes: Uint8Array, offset: number, seed: number): Uint8Array | undefined {
  if (offset + prefixLength > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset)
  const length = view.getUint32(0)
  if (length === 0 || length > recordLimit || offset + prefixLength + length > bytes.length) return undefined
  const record = bytes.subarray(offset, offset + prefixLength + length)
  return checksum(record, length, seed) === view.getUint32(4) ? record.subarray(prefixLength) : undefined
}

function checksum(record: Uint8Array, length: number, seed: number): number {
  return crc32(record.subarray(prefixLength, prefixLength + length), crc32(record.subarray(0, 4), seed))
}
