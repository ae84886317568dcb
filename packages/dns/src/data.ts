import { isIPv4, isIPv6 } from 'node:net'
import { concat, decodeUtf8, toHex, utf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { SrvRecord } from '@volact/core/wire/srv-order'
import { Cursor, malformed, requireEnd } from './cursor.ts'
import { encodeName } from './name.ts'

/** The most bytes of one string of a TXT record (RFC 1035 §3.3.14). */
const longestString = 255

/** Writes the data of an SRV record (RFC 2782). */
export function srvData({ priority, weight, port, target }: SrvRecord): Uint8Array {
  const numbers = [priority, weight, port].flatMap((value) => [value >> 8, value & 0xff])
  return concat(Uint8Array.from(numbers), encodeName(target))
}

/** Reads the data of an SRV record. */
export function parseSrv(data: Uint8Array): SrvRecord {
  const cursor = new Cursor(data)
  const record = { priority: cursor.u16(), weight: cursor.u16(), port: cursor.u16(), target: cursor.name() }
  return requireEnd(cursor, record)
}

/** Writes a text as the strings of a TXT record. */
export function txtData(text: string): Uint8Array {
  return concat(...stringsOf(utf8(text)).map((part) => concat(Uint8Array.of(part.length), part)))
}

/** Reads the strings of a TXT record as one text; nothing where it is none. */
export function parseTxt(data: Uint8Array): string | undefined {
  const cursor = new Cursor(data)
  const parts: Uint8Array[] = []
  while (!cursor.isAtEnd) parts.push(cursor.take(cursor.u8()))
  return decodeUtf8(concat(...parts))
}

/** Cuts a text into pieces that each fit into one string. */
export function stringsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / longestString))
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * longestString, (i + 1) * longestString))
}

/** Writes an IP address as the data of an A or AAAA record; `USAGE` for what is none. */
export function addressData(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number)
  if (!isIPv6(address) || address.includes('%')) throw new ActivationError('USAGE', `"${address}" is no IP address`)
  // The URL standard writes each address in one way, without an IPv4 address at its end.
  const [front = '', back] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [groupsOf(front), groupsOf(back ?? '')]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]))
}

/** Reads the data of an A or AAAA record, IPv6 in the one form of RFC 5952. */
export function parseAddress(data: Uint8Array): string {
  if (data.length === 4) return Array.from(data, String).join('.')
  if (data.length !== 16) throw malformed('an address has another length')
  const groups = Array.from({ length: 8 }, (_, i) => toHex(data.subarray(2 * i, 2 * i + 2)))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** Reads the name that is the data of a CNAME record, or stands first in that of an SOA record: the primary server. */
export function nameIn(data: Uint8Array): string {
  return new Cursor(data).name()
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
