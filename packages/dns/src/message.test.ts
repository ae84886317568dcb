import { concat, fromHex, toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameIn, parseSrv } from './data.ts'
import { decodeDnsMessage, type DnsMessage, encodeDnsMessage, u16 } from './message.ts'
import { encodeName, labelText } from './name.ts'
import { classes, types } from './record.ts'

const header = { id: 7, isAnswer: false, opcode: 0, isTruncated: false, wantsRecursion: true, rcode: 0 }
const empty = { questions: [], answers: [], authorities: [], additionals: [] }

const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/)
const name = fc.array(label, { maxLength: 5 }).map((labels) => labels.join('.'))
const record = fc.record({
  name,
  type: fc.constantFrom(types.A, types.TXT, types.AAAA, 257),
  class: fc.constantFrom(...Object.values(classes)),
  ttl: fc.nat(0xffffffff),
  data: fc.uint8Array({ maxLength: 300 }),
})
const message: fc.Arbitrary<DnsMessage> = fc.record({
  id: fc.nat(0xffff),
  isAnswer: fc.boolean(),
  opcode: fc.nat(15),
  isTruncated: fc.boolean(),
  wantsRecursion: fc.boolean(),
  rcode: fc.nat(15),
  questions: fc.array(fc.record({ name, type: fc.nat(0xffff), class: fc.nat(0xffff) }), { maxLength: 2 }),
  answers: fc.array(record, { maxLength: 4 }),
  authorities: fc.array(record, { maxLength: 4 }),
  additionals: fc.array(record, { maxLength: 4 }),
})

/** Gives what is read, or the code of why nothing is; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array): unknown {
  try {
    return decodeDnsMessage(bytes).message
  } catch (error) {
    if (error instanceof ActivationError) return error.code
    throw error
  }
}

describe('a DNS message', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(message, (written) => {
        expect(decodeDnsMessage(encodeDnsMessage(written)).message).toEqual(written)
      }),
    )
  })

  it('is read or is MALFORMED, whatever bytes it has', () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc
        .tuple(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
        .map(([written, changes, cut]) => {
          const bytes = encodeDnsMessage(written)
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte
          return cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes
        }),
    )
    fc.assert(
      fc.property(any, (bytes) => {
        const read = outcome(bytes)
        if (typeof read === 'string') expect(read).toBe('MALFORMED')
      }),
      { numRuns: 2_000 },
    )
  })

  it('may have compressed names, also in the data of a record', () => {
    // An answer for a.b SRV: the question at 12, its name again by a pointer, and a target t.b whose end points to "b".
    const question = concat(fromHex('016101620000210001'))
    const answer = fromHex('c00c002100010000003c000a0000000106980174c00e')
    const { message: read } = decodeDnsMessage(concat(u16(1, 0x8000, 1, 1, 0, 0), question, answer))
    expect(read.answers[0]?.name).toBe('a.b')
    expect(parseSrv(read.answers[0]?.data ?? new Uint8Array())).toEqual({
      priority: 0,
      weight: 1,
      port: 1688,
      target: 't.b',
    })
  })

  it.each([
    ['a pointer to itself', 'c00c'],
    ['a pointer forward', 'c00e'],
    ['a reserved kind of label', '8161'],
    ['a name without an end', '0161'],
  ])('is refused with %s', (_, bytes) => {
    expect(outcome(concat(u16(1, 0, 1, 0, 0, 0), fromHex(bytes), u16(1, 1)))).toBe('MALFORMED')
  })

  it('is refused with a name of more than 255 bytes, made of pointers', () => {
    const long = concat(...Array.from({ length: 6 }, () => concat(Uint8Array.of(50), new Uint8Array(50).fill(97))))
    const bytes = concat(u16(1, 0, 1, 0, 0, 0), long, Uint8Array.of(0), u16(1, 1))
    expect(outcome(bytes)).toBe('MALFORMED')
  })

  it('is refused with more names than anybody needs, which compression makes cheap to send and dear to read', () => {
    const name = encodeName(Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.'))
    const first = concat(name, u16(types.A, classes.IN, 0, 0, 0))
    const others = Array.from({ length: 400 }, () => u16(0xc00c, types.NS, classes.IN, 0, 0, 2, 0xc00c))
    const bytesWith = (count: number): Uint8Array =>
      concat(u16(1, 0, 0, 1 + count, 0, 0), first, ...others.slice(0, count))
    expect(outcome(bytesWith(10))).toMatchObject({ id: 1 })
    expect(outcome(bytesWith(400))).toBe('MALFORMED')
  })

  it('is refused with bytes behind its end, with more records than anybody needs, and when it is too long', () => {
    const bytes = encodeDnsMessage({ ...header, ...empty })
    expect(outcome(concat(bytes, Uint8Array.of(0)))).toBe('MALFORMED')
    expect(outcome(u16(1, 0, 0, 501, 0, 0))).toBe('MALFORMED')
    expect(outcome(new Uint8Array(65_536))).toBe('MALFORMED')
  })
})

describe('a name', () => {
  it('is in lower case, and keeps bytes that are no characters of a name', () => {
    expect(labelText(Uint8Array.of(0x41, 0x2e, 0xff, 0x5c))).toBe('a\\046\\255\\092')
    expect(toHex(encodeName('a\\046\\255\\092.b'))).toBe('04612eff5c016200')
    expect(nameIn(encodeName('a\\046.b'))).toBe('a\\046.b')
  })

  it.each(['a..b', 'x'.repeat(64), `${'abcdefg.'.repeat(32)}a`, 'a b', 'a\\300', 'ü'])('is not %j', (text) => {
    expect(() => encodeName(text)).toThrow('no')
  })
})
