import { randomInt } from 'node:crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { Instant } from '@volact/core/time'
import { type DnsServer, formatServer } from './dns-server.ts'
import { type DnsTimes, dnsTimes } from './limits.ts'
import { decodeDnsMessage, type DnsMessage, encodeDnsMessage, longestDatagram } from './message.ts'
import type { Question } from './record.ts'
import { exchangeByTcp } from './tcp.ts'
import { openSignedAnswer, signMessage, type TsigKey } from './tsig.ts'
import { exchangeByUdp } from './udp.ts'

/** Who is asked, with which key, and at what time. */
export interface AskOptions {
  readonly server: DnsServer
  /** Signs what is sent, and is demanded of the answer. */
  readonly key?: TsigKey
  readonly now: () => Instant
  readonly times?: DnsTimes
  /** Ends the waiting; then nobody has answered. */
  readonly signal?: AbortSignal
}

/** What is sent; the number is drawn for each try. */
export type Outgoing = Omit<DnsMessage, 'id' | 'isAnswer' | 'isTruncated' | 'rcode'>

/**
 * Asks a server and gives its answer, whatever code it has. By UDP where it fits, then by TCP: when there was no answer, when it
 * was cut short, and also when it is not believed, because anybody can write a datagram. `DNS_SERVER_SILENT`,
 * `DNS_SERVER_FAILED` for what is no answer to this, and what `openSignedAnswer` throws.
 */
export async function askServer(outgoing: Outgoing, options: AskOptions): Promise<DnsMessage> {
  return (await askByUdp(outgoing, options)) ?? askByTcp(outgoing, options)
}

async function askByUdp(outgoing: Outgoing, options: AskOptions): Promise<DnsMessage | undefined> {
  const { server, times = dnsTimes, signal } = options
  const sent = prepare(outgoing, options)
  if (sent.bytes.length > longestDatagram) return undefined
  for (let tries = 0; tries < times.udpTries; tries++) {
    const patience = { milliseconds: times.udp, ...(signal && { signal }) }
    const answer = await exchangeByUdp(server, sent.bytes, { ...patience, isWanted: sent.isAnswer })
    if (answer === undefined) continue
    const opened = attemptOrNothing(() => sent.open(answer))
    return opened?.isTruncated === false ? opened : undefined
  }
  return undefined
}

async function askByTcp(outgoing: Outgoing, options: AskOptions): Promise<DnsMessage> {
  const { server, times = dnsTimes, signal } = options
  const sent = prepare(outgoing, options)
  const answer = await exchangeByTcp(server, sent.bytes, { milliseconds: times.tcp, ...(signal && { signal }) })
  if (answer !== undefined) return sent.open(answer)
  const message = `the DNS server ${formatServer(server)} gives no answer, neither by UDP nor by TCP`
  throw new ActivationError('DNS_SERVER_SILENT', message)
}

/** What is sent, and how to tell and to open what comes back. */
interface Sent {
  readonly bytes: Uint8Array
  readonly isAnswer: (bytes: Uint8Array) => boolean
  readonly open: (bytes: Uint8Array) => DnsMessage
}

function prepare(outgoing: Outgoing, { server, key, now }: AskOptions): Sent {
  const message = { ...outgoing, id: randomInt(0x10000), isAnswer: false, isTruncated: false, rcode: 0 }
  const plain = encodeDnsMessage(message)
  const signed = key && signMessage(plain, key, now())
  const isAnswer = (bytes: Uint8Array): boolean =>
    bytes.length > 2 && ((Number(bytes[0]) << 8) | Number(bytes[1])) === message.id && (Number(bytes[2]) & 0x80) !== 0
  const open = (bytes: Uint8Array): DnsMessage => {
    const read = isAnswer(bytes) ? attemptOrNothing(() => decodeDnsMessage(bytes)) : undefined
    if (read === undefined || !answers(read.message, message)) throw senseless(server)
    if (key === undefined || signed === undefined) return read.message
    return openSignedAnswer(bytes, read, { key, requestMac: signed.mac, now: now() })
  }
  return { bytes: signed?.bytes ?? plain, isAnswer, open }
}

/** A server may leave the question out where it refuses, but may not ask another one. */
function answers(answer: DnsMessage, { opcode, questions: [asked] }: DnsMessage): boolean {
  const [question] = answer.questions
  return answer.opcode === opcode && answer.questions.length <= 1 && (question === undefined || isSame(question, asked))
}

function isSame(a: Question, b: Question | undefined): boolean {
  return a.name === b?.name && a.type === b.type && a.class === b.class
}

function senseless(server: DnsServer): ActivationError {
  return new ActivationError(
    'DNS_SERVER_FAILED',
    `what ${formatServer(server)} sends is no DNS answer to what was asked`,
  )
}
