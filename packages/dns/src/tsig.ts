import { createHmac, timingSafeEqual } from 'node:crypto'
import { concat } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { Cursor, requireEnd } from './cursor.ts'
import { type DnsMessage, encodeRecord, type ReadMessage, u16, u32 } from './message.ts'
import { encodeName } from './name.ts'
import { rcodeName, rcodes } from './rcode.ts'
import { classes, type ResourceRecord, types } from './record.ts'

/** The algorithms that are spoken (RFC 8945 §6), and the bytes of their MACs. */
export const tsigAlgorithms = { 'hmac-sha256': 32, 'hmac-sha384': 48, 'hmac-sha512': 64 } as const

/** A key that a host shares with a DNS server. */
export interface TsigKey {
  readonly name: string
  readonly algorithm: keyof typeof tsigAlgorithms
  readonly secret: Uint8Array
}

/** By how many seconds two clocks may differ (RFC 8945 §10). */
const fudge = 300

/** What a TSIG record says (RFC 8945 §4.2). */
interface Tsig {
  readonly algorithm: string
  readonly time: Instant
  readonly fudge: number
  readonly mac: Uint8Array
  readonly originalId: number
  readonly error: number
  readonly other: Uint8Array
}

/** A message with its signature behind it, and the MAC, which the answer's own covers. */
export interface SignedMessage {
  readonly bytes: Uint8Array
  readonly mac: Uint8Array
}

/** Signs a message that was written, at a time (RFC 8945 §5.1). */
export function signMessage(bytes: Uint8Array, key: TsigKey, time: Instant): SignedMessage {
  const originalId = new Cursor(bytes).u16()
  const unsigned = { algorithm: key.algorithm, time, fudge, originalId, error: 0, other: new Uint8Array(0) }
  const mac = macOf(key, concat(bytes, variablesOf(key, unsigned)))
  const record = tsigRecord(key, { ...unsigned, mac })
  return { bytes: concat(withOneMore(bytes, 1), encodeRecord(record)), mac }
}

/** What is needed to believe an answer: the key, the MAC of what it answers, and the time. */
export interface Expected {
  readonly key: TsigKey
  readonly requestMac: Uint8Array
  readonly now: Instant
}

/**
 * Returns an answer only after its signature holds (RFC 8945 §5.3): `DNS_ANSWER_UNSIGNED`, `DNS_ANSWER_FORGED`, and what the
 * server says of our own signature, `DNS_KEY_UNKNOWN`, `DNS_KEY_WRONG` and `DNS_CLOCK_DIFFERS`. A truncated MAC is refused.
 */
export function openSignedAnswer(bytes: Uint8Array, read: ReadMessage, { key, requestMac, now }: Expected): DnsMessage {
  const record = read.message.additionals.at(-1)
  if (record?.type !== types.TSIG) throw unsigned(read.message)
  const tsig = parseTsig(record.data)
  refuseByKey(tsig, key)
  if (
    record.name !== key.name ||
    record.class !== classes.ANY ||
    record.ttl !== 0 ||
    tsig.algorithm !== key.algorithm
  ) {
    throw forged('it is signed with another key')
  }
  const covered = concat(u16(tsig.originalId), withOneMore(bytes.subarray(0, read.lastRecordAt), -1).subarray(2))
  const wanted = macOf(key, concat(u16(requestMac.length), requestMac, covered, variablesOf(key, tsig)))
  if (tsig.mac.length !== wanted.length) throw forged('its signature is cut short')
  if (!timingSafeEqual(tsig.mac, wanted)) throw forged('its signature does not hold')
  if (tsig.error === rcodes.BADTIME) throw clockDiffers(serverTime(tsig) - now)
  if (Math.abs(tsig.time - now) > Math.min(tsig.fudge, fudge)) throw clockDiffers(tsig.time - now)
  return read.message
}

/** These two stand without a signature: the server has no key to make one. Who forges them only wins that we try again later. */
function refuseByKey({ error }: Tsig, { name, algorithm }: TsigKey): void {
  if (error === rcodes.BADKEY) {
    const message = `the DNS server does not know the key ${name} with ${algorithm} (BADKEY)`
    throw new ActivationError('DNS_KEY_UNKNOWN', message)
  }
  if (error === rcodes.BADSIG) {
    throw new ActivationError('DNS_KEY_WRONG', `the DNS server has another secret for the key ${name} (BADSIG)`)
  }
}

function unsigned({ rcode }: DnsMessage): ActivationError {
  const message = `the DNS server gave an answer without a signature, which is not believed; it says ${rcodeName(rcode)}`
  return new ActivationError('DNS_ANSWER_UNSIGNED', message)
}

function forged(why: string): ActivationError {
  return new ActivationError('DNS_ANSWER_FORGED', `the answer of the DNS server is not believed: ${why}`)
}

function clockDiffers(seconds: number): ActivationError {
  const direction = seconds > 0 ? 'ahead of' : 'behind'
  const message = `the clock of the DNS server is ${String(Math.abs(seconds))} s ${direction} the clock of this machine (BADTIME)`
  return new ActivationError('DNS_CLOCK_DIFFERS', message, { data: { seconds } })
}

/** The time of the server stands beside the error (RFC 8945 §5.2.3). */
function serverTime({ other, time }: Tsig): Instant {
  return other.length === 6 ? u48At(new Cursor(other)) : time
}

function macOf({ algorithm, secret }: TsigKey, bytes: Uint8Array): Uint8Array {
  return createHmac(algorithm.replace('hmac-', ''), secret).update(bytes).digest()
}

/** RFC 8945 §4.3.3: names in canonical form, which ours are in already. */
function variablesOf(key: TsigKey, tsig: Omit<Tsig, 'mac'>): Uint8Array {
  return concat(
    encodeName(key.name),
    u16(classes.ANY),
    u32(0),
    encodeName(key.algorithm),
    ...timesOf(tsig),
    u16(tsig.error, tsig.other.length),
    tsig.other,
  )
}

function tsigRecord(key: TsigKey, tsig: Tsig): ResourceRecord {
  const { mac, originalId, error, other } = tsig
  const before = [encodeName(key.algorithm), ...timesOf(tsig), u16(mac.length), mac]
  const data = concat(...before, u16(originalId, error, other.length), other)
  return { name: key.name, type: types.TSIG, class: classes.ANY, ttl: 0, data }
}

function timesOf({ time, fudge: allowed }: Pick<Tsig, 'time' | 'fudge'>): readonly Uint8Array[] {
  return [u16(Math.floor(time / 2 ** 32)), u32(time % 2 ** 32), u16(allowed)]
}

function parseTsig(data: Uint8Array): Tsig {
  try {
    const cursor = new Cursor(data)
    const tsig = {
      algorithm: cursor.name(),
      time: u48At(cursor),
      fudge: cursor.u16(),
      mac: cursor.take(cursor.u16()),
      originalId: cursor.u16(),
      error: cursor.u16(),
      other: cursor.take(cursor.u16()),
    }
    return requireEnd(cursor, tsig)
  } catch (error) {
    if (error instanceof ActivationError) throw forged('its signature has no valid form')
    throw error
  }
}

function u48At(cursor: Cursor): Instant {
  return cursor.u16() * 2 ** 32 + cursor.u32()
}

/** Changes the number of additional records in the header. */
function withOneMore(bytes: Uint8Array, by: 1 | -1): Uint8Array {
  const changed = bytes.slice()
  const view = new DataView(changed.buffer)
  view.setUint16(10, view.getUint16(10) + by)
  return changed
}
