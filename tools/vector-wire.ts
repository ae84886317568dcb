import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectMap } from '@volact/core/cbor/expect'
import type { CborValue } from '@volact/core/cbor/value'
import { concat, utf8 } from '@volact/core/bytes'
import { withField } from '@volact/core/document/decoder-laws.fixture'
import { encodeFrame } from '@volact/core/wire/frame'
import { encodeMessageFile } from '@volact/core/wire/message-file'
import { encodeMessage } from '@volact/core/wire/message'
import type { Message } from '@volact/core/wire/message'
import { messages } from '@volact/core/wire/messages.fixture'
import { bad, filled, good, lossy, hex, malformed } from './vector-file.ts'
import type { Draft, FileDraft } from './vector-file.ts'

/** What is said over the wire. */
export function wireFiles(): readonly FileDraft[] {
  return [messageVectors(), messageFiles(), frames()]
}

const riders = { checkpoint: filled(1, 9), listKnown: { epoch: 1_700_000_000, number: 4 }, list: filled(2, 9) }

function messageVectors(): FileDraft {
  const seen = new Set<string>()
  const goodCases = messages.map((message) => {
    const isFirst = !seen.has(message.kind)
    seen.add(message.kind)
    const less = isFirst ? '' : ', without what may be left out'
    return good(message.kind + less + codeOf(message), { bytes: encodeMessage(message) })
  })
  const query = expectMap(decodeCbor(encodeMessage({ kind: 'host-information-query' })), 'message')
  const refusal = expectMap(decodeCbor(encodeMessage({ kind: 'refusal', code: 'BUSY', text: 'busy' })), 'message')
  const of = (key: number | string, value: CborValue, map = query): { bytes: Uint8Array } => ({
    bytes: encodeCbor(withField(map, key, value)),
  })
  return {
    format: 'message',
    section: '§11.2, §11.3',
    about: 'Decodes one message. Documents in it are filler: each has vectors of its own.',
    cases: [
      ...goodCases,
      good('with all that may ride along', {
        bytes: encodeMessage({ kind: 'challenge', challenge: filled(7, 16), riders }),
      }),
      lossy('a key below 0 of a newer version', of(-99, 'ignored')),
      good('a refusal of a newer host, whose number nobody here knows', of(2, 0xe056ffff, refusal)),
      lossy('a refusal with a detail of a newer host', of(4, new Map([[-7, 'ignored']]), refusal)),
      ...malformed(encodeCbor(query)),
      bad('UNSUPPORTED_VERSION', 'version 2', of(0, 2)),
      bad('UNSUPPORTED_VERSION', 'version 0', of(0, 0)),
      bad('NOT_SUPPORTED', 'kind 14', of(1, 14)),
      bad('NOT_SUPPORTED', 'kind 0', of(1, 0)),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', of(9, 'critical')),
      bad('UNKNOWN_CRITICAL', 'a key of text', of('extra', 1)),
      bad('UNKNOWN_CRITICAL', 'a detail that must be understood', of(4, new Map([[6, 1]]), refusal)),
      bad('MALFORMED', 'a list number that is none', of(-2, [1])),
      bad('MALFORMED', 'a refusal with a number for its text', of(3, 1, refusal)),
      bad('MALFORMED', 'a refusal that is too long', of(3, 'x'.repeat(1_025), refusal)),
    ],
  }
}

function codeOf(message: Message): string {
  return message.kind === 'refusal' ? ` (${message.code})` : ''
}

function messageFiles(): FileDraft {
  const query = encodeMessage({ kind: 'host-information-query' })
  const file = (value: CborValue): { bytes: Uint8Array } => ({ bytes: encodeCbor(value) })
  return {
    format: 'message-file',
    section: '§11.5',
    about: 'Takes the messages out of a file.',
    cases: [
      good('one message', { bytes: encodeMessageFile([query]) }),
      good('a bundle', {
        bytes: encodeMessageFile([query, encodeMessage({ kind: 'challenge', challenge: filled(1, 16) }), filled(2, 3)]),
      }),
      ...malformed(encodeMessageFile([query])),
      bad('MALFORMED', 'no message', file(['volact-messages', 1, []])),
      bad('MALFORMED', 'another name', file(['volact-message', 1, [query]])),
      bad('MALFORMED', 'a text instead of a message', file(['volact-messages', 1, ['x']])),
      bad('MALFORMED', 'something after the messages', file(['volact-messages', 1, [query], 0])),
      bad('UNSUPPORTED_VERSION', 'version 2', file(['volact-messages', 2, [query]])),
    ],
  }
}

function frames(): FileDraft {
  const frame = encodeFrame(utf8('message'))
  const foreign: Record<string, Uint8Array> = {
    'a bind of DCE/RPC': hex('05000b0310000000'),
    'a bind_ack of DCE/RPC': hex('05000c0310000000'),
    TLS: hex('1603010200010001'),
    HTTP: utf8('POST /v1/activate HTTP/1.1\r\n'),
    SSH: utf8('SSH-2.0-OpenSSH_9.2\r\n'),
  }
  return {
    format: 'frame',
    section: '§11.1',
    about:
      'Takes messages of at most `limit` bytes out of a stream that comes in pieces; isInside says whether it ended in the middle of a frame.',
    shared: { limit: 4_096 },
    cases: [
      good('one message in one piece', { pieces: [frame] }),
      good('two messages in one piece', { pieces: [concat(frame, encodeFrame(utf8('second')))] }),
      good('one byte at a time', { pieces: Array.from(frame, (byte) => Uint8Array.of(byte)) }),
      good('cut in the header', { pieces: [frame.slice(0, 3)] }),
      good('a length that lies: the rest never comes', { pieces: [frame.slice(0, -1)] }),
      good('nothing', { pieces: [] }),
      good('as long as allowed', { pieces: [encodeFrame(filled(1, 20))], limit: 20 }),
      bad('MALFORMED', 'length 0', { pieces: [filled(0, 4)] }),
      bad('TOO_LARGE', 'one byte longer than allowed', { pieces: [hex('00001001')] }),
      bad('TOO_LARGE', 'as long as a length can be', { pieces: [hex('ffffffff')] }),
      ...Object.entries(foreign).map(([name, piece]): Draft => bad('FOREIGN_PROTOCOL', name, { pieces: [piece] })),
    ],
  }
}
