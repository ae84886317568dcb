import { concat } from '@volact/core/bytes'
import { Cursor, malformed } from './cursor.ts'
import { encodeName } from './name.ts'
import { type Question, type ResourceRecord, types } from './record.ts'

/** A DNS message (RFC 1035 §4.1); in an update (RFC 2136 §2) the sections are zone, prerequisites, changes and what is added. */
export interface DnsMessage {
  readonly id: number
  readonly isAnswer: boolean
  readonly opcode: number
  readonly isTruncated: boolean
  readonly wantsRecursion: boolean
  readonly rcode: number
  readonly questions: readonly Question[]
  readonly answers: readonly ResourceRecord[]
  readonly authorities: readonly ResourceRecord[]
  readonly additionals: readonly ResourceRecord[]
}

/** What kind of message it is. */
export const opcodes = { query: 0, update: 5 } as const

/** The most bytes of a message over TCP, and over UDP without an agreement (RFC 1035 §4.2). */
export const longestMessage = 65_535
export const longestDatagram = 512

/** The most records that are read; an answer to our questions has a dozen, or one for each host of a zone. */
const mostRecords = 500

const flags = { answer: 0x8000, truncated: 0x0200, recursion: 0x0100 } as const

/** Writes a message; names are not compressed. */
export function encodeDnsMessage(message: DnsMessage): Uint8Array {
  const { id, questions, answers, authorities, additionals } = message
  const counts = [questions, answers, authorities, additionals].map(({ length }) => length)
  const records = [...answers, ...authorities, ...additionals]
  return concat(u16(id, flagsOf(message), ...counts), ...questions.map(encodeQuestion), ...records.map(encodeRecord))
}

/** A message that was read, and where its last record begins: a signature covers what stands before it (RFC 8945 §4.3.2). */
export interface ReadMessage {
  readonly message: DnsMessage
  readonly lastRecordAt: number
}

/** Reads a message; anything else is `MALFORMED`, bytes behind its end among them. */
export function decodeDnsMessage(bytes: Uint8Array): ReadMessage {
  if (bytes.length > longestMessage) throw malformed('it is too long')
  const cursor = new Cursor(bytes)
  const [id, bits] = [cursor.u16(), cursor.u16()]
  const counts = [cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16()] as const
  if (counts.reduce((sum, count) => sum + count, 0) > mostRecords) throw malformed('it has too many records')
  const questions = times(counts[0], () => readQuestion(cursor))
  let lastRecordAt = cursor.at
  const [answers, authorities, additionals] = counts.slice(1).map((count) =>
    times(count, () => {
      lastRecordAt = cursor.at
      return readRecord(cursor)
    }),
  )
  if (!cursor.isAtEnd) throw malformed('something stands behind its end')
  const sections = { questions, answers: answers ?? [], authorities: authorities ?? [], additionals: additionals ?? [] }
  return { message: { id, ...meaningOf(bits), ...sections }, lastRecordAt }
}

/** Writes unsigned numbers of 16 bits. */
export function u16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]))
}

/** Writes an unsigned number of 32 bits. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff)
}

/** Writes a record. */
export function encodeRecord(record: ResourceRecord): Uint8Array {
  return concat(encodeQuestion(record), u32(record.ttl), u16(record.data.length), record.data)
}

function encodeQuestion({ name, type, class: of }: Question): Uint8Array {
  return concat(encodeName(name), u16(type, of))
}

function flagsOf({ isAnswer, opcode, isTruncated, wantsRecursion, rcode }: DnsMessage): number {
  const set = (isSet: boolean, flag: number): number => (isSet ? flag : 0)
  const bits = set(isAnswer, flags.answer) | set(isTruncated, flags.truncated) | set(wantsRecursion, flags.recursion)
  return bits | (opcode << 11) | rcode
}

function meaningOf(bits: number): Pick<DnsMessage, 'isAnswer' | 'opcode' | 'isTruncated' | 'wantsRecursion' | 'rcode'> {
  return {
    isAnswer: (bits & flags.answer) !== 0,
    opcode: (bits >> 11) & 0xf,
    isTruncated: (bits & flags.truncated) !== 0,
    wantsRecursion: (bits & flags.recursion) !== 0,
    rcode: bits & 0xf,
  }
}

function readQuestion(cursor: Cursor): Question {
  return { name: cursor.name(), type: cursor.u16(), class: cursor.u16() }
}

function readRecord(cursor: Cursor): ResourceRecord {
  const question = readQuestion(cursor)
  const [ttl, length] = [cursor.u32(), cursor.u16()]
  const end = cursor.at + length
  const data = readData(cursor, question.type, length)
  if (cursor.at !== end) throw malformed('the data of a record has another length')
  return { ...question, ttl, data }
}

/** Names in the data of old types may be compressed, so they are written out (RFC 3597 §4). */
function readData(cursor: Cursor, type: number, length: number): Uint8Array {
  const name = (): Uint8Array => encodeName(cursor.name())
  // A change that deletes whole sets of records has no data (RFC 2136 §2.5.2).
  if (length === 0) return new Uint8Array(0)
  if (type === types.CNAME || type === types.NS || type === types.PTR) return name()
  if (type === types.SOA) return concat(name(), name(), cursor.take(20))
  if (type === types.SRV) return concat(cursor.take(6), name())
  return cursor.take(length)
}

function times<T>(count: number, read: () => T): readonly T[] {
  return Array.from({ length: count }, read)
}
