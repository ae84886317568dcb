import { ActivationError } from '@volact/core/errors/activation-error'
import { segmentEntries } from './ledger-files.ts'

/** What lies beside an entry and may be erased: the request as it was sent, and what the machine said of itself (rule 31). */
export interface DetailsRecord {
  /** Index of the entry. */
  readonly index: number
  readonly request: Uint8Array
  /** 16 bytes. */
  readonly salt: Uint8Array
  /** As sent. */
  readonly details: Uint8Array
}

const saltLength = 16

/** Length of what stands before the request: u32 place of the entry in its segment, u16 length of the request. */
const detailsHeadLength = 6

/** Gives the length of a record's body. */
export function detailsBodyLength({ request, salt, details }: DetailsRecord): number {
  if (salt.length !== saltLength) throw new Error(`a salt has ${saltLength} bytes`)
  return detailsHeadLength + request.length + saltLength + details.length
}

/** Writes a record's body: place, length of the request, request, salt, details. */
export function writeDetailsBody(buffer: Buffer, offset: number, record: DetailsRecord): void {
  const { index, request, salt, details } = record
  buffer.writeUInt32BE(index % segmentEntries, offset)
  buffer.writeUInt16BE(request.length, offset + 4)
  buffer.set(request, offset + detailsHeadLength)
  buffer.set(salt, offset + detailsHeadLength + request.length)
  buffer.set(details, offset + detailsHeadLength + request.length + saltLength)
}

/** Gives the index of the entry that a record's body belongs to. */
export function detailsIndex(body: Buffer, segment: number): number {
  return segment * segmentEntries + body.readUInt32BE(0)
}

/** Reads a record's body, as copies; anything else is `MALFORMED`. */
export function parseDetailsBody(body: Uint8Array, segment: number): DetailsRecord {
  const bytes = Buffer.from(body)
  const salt = bytes.length < detailsHeadLength ? Infinity : detailsHeadLength + bytes.readUInt16BE(4)
  if (salt + saltLength > bytes.length || bytes.readUInt32BE(0) >= segmentEntries) {
    throw new ActivationError('MALFORMED', `${body.length} bytes are no record of details`)
  }
  return {
    index: detailsIndex(bytes, segment),
    request: new Uint8Array(bytes.subarray(detailsHeadLength, salt)),
    salt: new Uint8Array(bytes.subarray(salt, salt + saltLength)),
    details: new Uint8Array(bytes.subarray(salt + saltLength)),
  }
}
