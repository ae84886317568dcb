import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, utf8 } from '../bytes.ts'
import { codeOf } from '../document/decoder-laws.fixture.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { encodeFrame, FrameReader, wholeMessageAt } from './frame.ts'
import { answerLimit, listLimit, requestLimit } from './limits.ts'

/** Feeds the pieces to a new reader, and gives every message that came out. */
function read(limit: number, ...pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const reader = new FrameReader(limit)
  return pieces.flatMap((piece) => reader.push(piece))
}

describe('frames', () => {
  it('give the same messages in whatever pieces they come', () => {
    const messages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 5 })
    fc.assert(
      fc.property(messages, fc.array(fc.nat(9), { minLength: 1 }), (sent, sizes) => {
        const stream = concat(...sent.map(encodeFrame))
        const pieces: Uint8Array[] = []
        for (let offset = 0, turn = 0; offset < stream.length; turn++) {
          const size = (sizes[turn % sizes.length] ?? 0) + (turn % sizes.length === 0 ? 1 : 0)
          pieces.push(stream.subarray(offset, offset + size))
          offset += size
        }
        expect(read(50, ...pieces)).toEqual(sent)
        expect(read(50, stream)).toEqual(sent)
      }),
    )
  })

  it('are copies, so that a buffer may be used again for the next piece', () => {
    const piece = encodeFrame(utf8('one'))
    const [message] = read(10, piece)
    piece.fill(0)
    expect(message).toEqual(utf8('one'))
  })

  it('are read to their end when as many bytes are given as the reader says are missing, and no more', () => {
    const stream = concat(encodeFrame(utf8('one')), encodeFrame(utf8('second')))
    const reader = new FrameReader(10)
    const messages: Uint8Array[] = []
    for (let offset = 0; messages.length < 2;) {
      const part = stream.subarray(offset, offset + reader.missing)
      offset += part.length
      messages.push(...reader.push(part))
    }
    expect(messages).toEqual([utf8('one'), utf8('second')])
  })

  it('that are not whole yet give nothing, and one can ask whether an end now would cut one', () => {
    const frame = encodeFrame(utf8('message'))
    const reader = new FrameReader(100)
    expect(reader.isInside).toBe(false)
    for (const [at, byte] of frame.entries()) {
      const messages = reader.push(Uint8Array.of(byte))
      const isLast = at === frame.length - 1
      expect([messages.length, reader.isInside]).toEqual(isLast ? [1, false] : [0, true])
    }
    expect(reader.push(new Uint8Array())).toEqual([])
  })

  it('that say they are longer than they are wait for the rest, without memory beyond the limit (rule 41)', () => {
    const reader = new FrameReader(requestLimit)
    expect(reader.push(fromHex('00001000a0'))).toEqual([])
    expect(reader.isInside).toBe(true)
  })

  it('up to the limit are taken, and one byte more is refused before the first byte of it has come (rule 41)', () => {
    for (const limit of [requestLimit, answerLimit, listLimit]) {
      expect(read(limit, encodeFrame(new Uint8Array(limit)))).toHaveLength(1)
      expect(codeOf(() => read(limit, encodeFrame(new Uint8Array(limit + 1)).subarray(0, 4)))).toBe('TOO_LARGE')
    }
    expect(codeOf(() => read(requestLimit, fromHex('ffffffff')))).toBe('TOO_LARGE')
  })

  it('of length 0 are refused', () => {
    expect(codeOf(() => read(requestLimit, new Uint8Array(4)))).toBe('MALFORMED')
  })
})

describe('another protocol on our port', () => {
  it.each([
    ['05000b0310000000', 'rpc', 'a Microsoft KMS client or other RPC program'],
    ['0500000310000000', 'rpc', 'a Microsoft KMS client or other RPC program'],
    ['05000e0310000000', 'rpc', 'a Microsoft KMS client or other RPC program'],
    ['05000c0310000000', 'rpc', 'a Microsoft KMS host or other RPC program'],
    ['05000d0310000000', 'rpc', 'a Microsoft KMS host or other RPC program'],
    ['0500020310000000', 'rpc', 'a Microsoft KMS host or other RPC program'],
    ['0500030310000000', 'rpc', 'a Microsoft KMS host or other RPC program'],
    ['1603010200010001', 'tls', 'a TLS (HTTPS) program'],
    ['1503030002022800', 'tls', 'a TLS (HTTPS) program'],
  ])('is named in plain words: %s', (hex, protocol, words) => {
    expect(failure(fromHex(hex))).toMatchObject({ code: 'FOREIGN_PROTOCOL', data: { protocol } })
    expect(failure(fromHex(hex))?.message).toContain(words)
  })

  it.each([
    ['SSH-2.0-OpenSSH_9.2p1', 'ssh'],
    ['GET / HTTP/1.1', 'http'],
    ['HEAD / HTTP/1.1', 'http'],
    ['POST /v1/activate HTTP/1.1', 'http'],
    ['PUT /x HTTP/1.1', 'http'],
    ['OPTIONS * HTTP/1.1', 'http'],
    ['PRI * HTTP/2.0', 'http'],
    ['HTTP/1.1 400 Bad Request', 'http'],
  ])('is named also where it is text: %s', (text, protocol) => {
    expect(failure(utf8(text))).toMatchObject({ code: 'FOREIGN_PROTOCOL', data: { protocol } })
  })

  it('is recognised however slowly it comes', () => {
    const reader = new FrameReader(listLimit)
    const bytes = Array.from(utf8('GET '), (byte) => Uint8Array.of(byte))
    expect(codeOf(() => bytes.map((byte) => reader.push(byte)))).toBe('FOREIGN_PROTOCOL')
  })

  it('that nobody here knows is only too large', () => {
    for (const hex of ['05000500', '05010b03', 'deadbeef', '47455400']) {
      expect(failure(fromHex(hex))?.code).toBe('TOO_LARGE')
    }
  })

  function failure(bytes: Uint8Array): ActivationError | undefined {
    try {
      read(listLimit, bytes)
      return undefined
    } catch (error) {
      if (error instanceof ActivationError) return error
      throw error
    }
  }
})

it('any bytes in any pieces give messages or one coded error', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (pieces) => void codeOf(() => read(64, ...pieces))))
})

describe('a whole frame in one piece', () => {
  it('is found exactly where a reader would take a message from there without waiting', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(9), fc.nat(12), (message, before, rest) => {
        const piece = concat(new Uint8Array(before).fill(0xff), encodeFrame(message)).subarray(0, before + 4 + rest)
        const isWhole = message.length > 0 && message.length <= 9 && rest >= message.length
        expect(wholeMessageAt(piece, before, 9)).toBe(isWhole ? message.length : 0)
      }),
    )
    expect(wholeMessageAt(new Uint8Array(3), 0, 9)).toBe(0)
  })
})
