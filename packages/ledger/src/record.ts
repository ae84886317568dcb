import { crc32 } from 'node:zlib'
import { concat, equal, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { hashLength } from '@volact/core/transparency/node-hash'
import { productName } from '@volact/core/product-name'

/** Length of the header at the beginning of every log file, in bytes: 14 letters, a zero, the format, u32 segment, 8 of salt, u32 CRC-32 of these. */
export const headerLength = 32

/** Length of what stands before a record's body: u32 CRC-32, u32 length of kind and body, u8 kind, all big-endian. */
export const prefixLength = 9

/**
 * The longest body of a record, in bytes. No entry comes near it: whatever claims more is no record. A whole segment of the longest, each
 * a batch of its own, ends below 4 GiB, so that every offset has 32 bits.
 */
export const recordLimit = 65_408

/** Which log files have records. */
export type LogKind = 'entries' | 'details'

/**
 * What a record is. An entry's is 0, which stands right before its bytes: both together are what RFC 9162 hashes into the leaf.
 * An erased entry holds its leaf hash and zeros; erased details and a gap, which a crash has left, only zeros.
 */
export const recordKinds = { entry: 0, erasedEntry: 1, batch: 2, details: 3, erasedDetails: 4, gap: 5 } as const

const format = 2

/** Length of the salt in a header, in bytes. */
export const saltLength = 8

/** Gives the header of a new log file; the salt is random, from the operating system (rule 53). */
export function header(kind: LogKind, segment: number, salt: Uint8Array): Uint8Array {
  if (salt.length !== saltLength) throw new Error(`a salt has ${saltLength} bytes`)
  const number = new Uint8Array(4)
  new DataView(number.buffer).setUint32(0, segment)
  const bytes = concat(beginning(kind), number, salt, new Uint8Array(4))
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

/** Refuses a file that does not begin as a log file of the kind and segment: `LEDGER_DAMAGED`, or `FOLDER_NEWER` for a later format. */
export function checkHeader(bytes: Uint8Array, kind: LogKind, segment: number, path: string): void {
  const wanted = beginning(kind)
  const at = wanted.length - 1
  if (bytes.length < wanted.length || wanted.subarray(0, at).some((byte, index) => byte !== bytes[index])) {
    throw new ActivationError('LEDGER_DAMAGED', `${path} does not begin like a log file (offset 0)`, { data: { path } })
  }
  const found = bytes[at] ?? 0
  if (found !== format) {
    // A later format is what a newer version writes; an earlier one was never released.
    const message = `${path} has format ${found}, and this version knows ${format} (offset ${at})`
    throw new ActivationError(found > format ? 'FOLDER_NEWER' : 'LEDGER_DAMAGED', message, { data: { path } })
  }
  if (equal(bytes, header(kind, segment, bytes.slice(headerLength - 4 - saltLength, headerLength - 4)))) return
  const message = `${path} has a damaged header, or is that of another segment (offset ${at + 1})`
  throw new ActivationError('LEDGER_DAMAGED', message, { data: { path } })
}

function beginning(kind: LogKind): Uint8Array {
  return concat(utf8(`${productName}-${kind}`), Uint8Array.of(0, format))
}

/** Completes the record that stands at an offset of a buffer but for its prefix. One checksum covers length, kind and body. */
export function sealRecord(buffer: Buffer, offset: number, kind: number, bodyLength: number, seed: number): void {
  if (bodyLength === 0 || bodyLength > recordLimit) throw new Error(`a record has 1 to ${recordLimit} bytes`)
  buffer.writeUInt32BE(bodyLength + 1, offset + 4)
  buffer[offset + 8] = kind
  // A plain view: one of a Buffer costs several times as much.
  const covered = new Uint8Array(buffer.buffer, buffer.byteOffset + offset + 4, prefixLength - 4 + bodyLength)
  buffer.writeUInt32BE(crc32(covered, seed), offset)
}

/** Makes one record. */
export function encodeRecord(kind: number, body: Uint8Array, seed: number): Uint8Array {
  const buffer = Buffer.alloc(prefixLength + body.length)
  buffer.set(body, prefixLength)
  sealRecord(buffer, 0, kind, body.length, seed)
  return buffer
}

/** Gives the length of the body of the whole record that begins at an offset; 0 where none does. */
export function recordAt(bytes: Buffer, offset: number, seed: number): number {
  if (offset + prefixLength >= bytes.length) return 0
  const length = bytes.readUInt32BE(offset + 4)
  if (length < 2 || length > recordLimit + 1 || offset + 8 + length > bytes.length) return 0
  return crc32(bytes.subarray(offset + 4, offset + 8 + length), seed) === bytes.readUInt32BE(offset) ? length - 1 : 0
}

/** What stands before the entries that were written together. */
export interface BatchHead {
  /** Index of the first entry. */
  readonly first: number
  /** Time of all of them: no later than their own, and no earlier than that of the batch before. */
  readonly time: number
  readonly count: number
  /** Length of their records. */
  readonly length: number
}

/** Length of the body of a batch's record. */
export const batchBodyLength = 24

/** Length of a batch's record. */
export const batchHeadLength: number = prefixLength + batchBodyLength

/** Writes the record of a batch. */
export function writeBatchHead(buffer: Buffer, offset: number, batch: BatchHead, seed: number): void {
  const at = offset + prefixLength
  writeUint64(buffer, at, batch.first)
  writeUint64(buffer, at + 8, batch.time)
  buffer.writeUInt32BE(batch.count, at + 16)
  buffer.writeUInt32BE(batch.length, at + 20)
  sealRecord(buffer, offset, recordKinds.batch, batchBodyLength, seed)
}

/** Reads the record of a batch that begins at an offset; `undefined` where none does. */
export function batchHeadAt(bytes: Buffer, offset: number, seed: number): BatchHead | undefined {
  // Looked at first, because this is tried at every byte behind a tear.
  if (bytes[offset + 8] !== recordKinds.batch || recordAt(bytes, offset, seed) !== batchBodyLength) return undefined
  const at = offset + prefixLength
  return {
    first: readUint64(bytes, at),
    time: readUint64(bytes, at + 8),
    count: bytes.readUInt32BE(at + 16),
    length: bytes.readUInt32BE(at + 20),
  }
}

/** Makes the record that takes the place of an entry's: its leaf hash, and zeros. An entry that is too short for that is not erased. */
export function erasedEntry(leaf: Uint8Array, bodyLength: number, seed: number): Uint8Array {
  if (leaf.length !== hashLength || bodyLength < hashLength) throw new Error('an erased entry holds its leaf hash')
  return encodeRecord(recordKinds.erasedEntry, concat(leaf, new Uint8Array(bodyLength - hashLength)), seed)
}

function writeUint64(buffer: Buffer, offset: number, value: number): void {
  buffer.writeUInt32BE(Math.floor(value / 2 ** 32), offset)
  buffer.writeUInt32BE(value % 2 ** 32, offset + 4)
}

function readUint64(buffer: Buffer, offset: number): number {
  return buffer.readUInt32BE(offset) * 2 ** 32 + buffer.readUInt32BE(offset + 4)
}
