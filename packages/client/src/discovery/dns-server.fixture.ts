import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** What a hostile or broken DNS server does with a question: it sends some bytes, or says nothing. */
export type DnsReply = (question: Buffer) => Buffer | 'silence'

/** Starts a server on a UDP socket of the loopback that answers as the test says; gives its `127.0.0.1:PORT`. */
export async function startDns(
  reply: DnsReply,
): Promise<{ readonly address: string; readonly asked: readonly string[] }> {
  const asked: string[] = []
  const socket = createSocket('udp4', (question, from) => {
    asked.push(nameOf(question))
    const answer = reply(question)
    if (answer !== 'silence') socket.send(answer, from.port, from.address)
  })
  onTestFinished(() => void socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { address: `127.0.0.1:${String(socket.address().port)}`, asked }
}

/** The name that is asked for. */
function nameOf(question: Buffer): string {
  const labels: string[] = []
  for (let at = 12; question[at] !== 0 && at < question.length; at += (question[at] ?? 0) + 1) {
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)))
  }
  return labels.join('.')
}

/** An answer to the question with this response code and these records. */
export function answer(question: Buffer, code: number, ...records: readonly Buffer[]): Buffer {
  const end = question.indexOf(0, 12) + 5
  const header = Buffer.alloc(12)
  question.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180 | code, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, question.subarray(12, end), ...records])
}

/** A record for the name that was asked. */
export function record(type: number, data: Buffer): Buffer {
  const fields = Buffer.alloc(12)
  fields.writeUInt16BE(0xc00c, 0)
  fields.writeUInt16BE(type, 2)
  fields.writeUInt16BE(1, 4)
  fields.writeUInt32BE(60, 6)
  fields.writeUInt16BE(data.length, 10)
  return Buffer.concat([fields, data])
}

/** An SRV record whose target has these labels, whatever bytes are in them. */
export function srv(labels: readonly string[], port = 1688, priority = 0): Buffer {
  const numbers = Buffer.alloc(6)
  numbers.writeUInt16BE(priority, 0)
  numbers.writeUInt16BE(port, 4)
  return record(33, Buffer.concat([numbers, ...labels.map(label), Buffer.of(0)]))
}

function label(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}
