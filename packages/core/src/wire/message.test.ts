import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectMap } from '../cbor/expect.ts'
import type { CborMap, CborValue } from '../cbor/value.ts'
import { bitFlips, codeOf, looseForms, truncations, withField, wrongTypes } from '../document/decoder-laws.fixture.ts'
import { answerLimit, chainLimit, refusalTextLimit } from './limits.ts'
import { decodeMessage, encodeMessage, messageKinds } from './message.ts'
import type { Message } from './message.ts'
import { messages } from './messages.fixture.ts'

const riders = {
  checkpoint: new Uint8Array(9).fill(1),
  listKnown: { epoch: 1_700_000_000, number: 4 },
  list: new Uint8Array(9).fill(2),
}

function mapOf(message: Message): CborMap {
  return expectMap(decodeCbor(encodeMessage(message)), 'message')
}

function decode(map: CborValue): Message {
  return decodeMessage(encodeCbor(map))
}

describe('every kind of message', () => {
  it('is among the samples', () => {
    expect([...new Set(messages.map(({ kind }) => kind))].sort()).toEqual(Object.keys(messageKinds).sort())
  })

  it.each(messages)('$kind comes back as it was written, with and without riders', (message) => {
    expect(decodeMessage(encodeMessage(message))).toEqual(message)
    for (const some of fc.sample(fc.subarray(Object.entries(riders), { minLength: 1 }), 5)) {
      const ridden = { ...message, riders: Object.fromEntries(some) }
      expect(decodeMessage(encodeMessage(ridden))).toEqual(ridden)
    }
  })

  it.each(messages)('$kind ignores unknown keys below 0 and refuses unknown keys from 0', (message) => {
    expect(decode(withField(mapOf(message), -9, 'later'))).toEqual(message)
    for (const key of [9, 2 ** 40, 'later']) {
      expect(codeOf(() => decode(withField(mapOf(message), key, 'later')))).toBe('UNKNOWN_CRITICAL')
    }
  })

  it.each(messages)('$kind is refused with wrong types', (message) => {
    const map = mapOf({ ...message, riders })
    const typed = wrongTypes(map).filter((candidate) => candidate.size === map.size)
    for (const bad of typed) expect(codeOf(() => decode(bad))).toBe('MALFORMED')
  })

  it.each(messages)('$kind is refused when cut short or loosely encoded', (message) => {
    const bytes = encodeMessage(message)
    for (const bad of [...truncations(bytes), ...looseForms(bytes)]) {
      expect(codeOf(() => decodeMessage(bad))).toBe('MALFORMED')
    }
  })

  it.each(messages)('$kind gives a value or one coded error for every single bit that is turned over', (message) => {
    for (const flipped of bitFlips(encodeMessage({ ...message, riders }))) codeOf(() => decodeMessage(flipped))
  })
})

describe('a message', () => {
  it('of an unknown version is refused as such, whatever else is in it', () => {
    expect(codeOf(() => decode(new Map([[0, 2]])))).toBe('UNSUPPORTED_VERSION')
    expect(codeOf(() => decode(withField(mapOf({ kind: 'host-information-query' }), 0, 2)))).toBe('UNSUPPORTED_VERSION')
  })

  it('of an unknown kind is refused with NOT_SUPPORTED: the list is closed', () => {
    const known = new Set(Object.values(messageKinds))
    for (const kind of Array.from({ length: 50 }, (_, number) => number).filter((number) => !known.has(number))) {
      expect(
        codeOf(() =>
          decode(
            new Map([
              [0, 1],
              [1, kind],
            ]),
          ),
        ),
      ).toBe('NOT_SUPPORTED')
    }
  })

  it('gives a value or one coded error for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void codeOf(() => decodeMessage(bytes))))
  })

  it.each<[Message['kind'], number, CborValue]>([
    ['activate', 3, new Uint8Array(15)],
    ['activate', -4, new Uint8Array(31)],
    ['activate', -5, ['pool']],
    ['activate', -5, ['pool', new Uint8Array(31)]],
    ['activate', -5, ['x'.repeat(64), new Uint8Array(32)]],
    ['grant', -5, [new Uint8Array(1)]],
    ['grant', -5, [new Uint8Array(1), 'x']],
    ['grant', 4, []],
    ['grant', 4, Array.from({ length: chainLimit + 1 }, () => new Uint8Array(1))],
    ['grant', 4, ['x']],
    ['challenge', 2, new Uint8Array(17)],
    ['host-information', 2, 'x'.repeat(200)],
    ['host-information', 3, 7],
    ['host-information', 3, -1],
    ['host-information', 4, new Uint8Array(31)],
    ['host-information', 5, [[1]]],
    ['host-information', 5, [[1, 'x']]],
    ['host-information', 6, [[new Uint8Array(15), 1]]],
    ['host-information', 6, [[new Uint8Array(16), -1]]],
    ['confirmation-pick-up', 2, new Uint8Array(33)],
    ['refusal', 2, -1],
    ['refusal', 3, 'x'.repeat(refusalTextLimit + 1)],
    ['refusal', 4, new Map([[1, 'x']])],
    ['refusal', 5, -1],
    ['activate-host', 2, 'BCDFG-HJKMP-QRTVW-XY234-6789B'],
    ['host-activated', 2, []],
    ['host-activated', 4, -1],
    ['challenge', -2, [1]],
    ['challenge', -2, [1, -1]],
  ])('%s with %i: %o is refused', (kind, key, value) => {
    const message = messages.find((candidate) => candidate.kind === kind)
    if (message === undefined) throw new Error(`no sample of ${kind}`)
    expect(codeOf(() => decode(withField(mapOf(message), key, value)))).toBe('MALFORMED')
  })
})

describe('a refusal', () => {
  it('with a number that only newer hosts know is still understood as one, with its words (rule 24)', () => {
    const number = 0xe056ffff
    const future = withField(mapOf({ kind: 'refusal', code: 'BUSY', text: 'Moon phase wrong.' }), 2, number)
    const message = decode(future)
    expect(message).toEqual({ kind: 'refusal', code: 'REFUSED', number, text: 'Moon phase wrong.' })
    expect(encodeMessage(message)).toEqual(encodeCbor(future))
  })

  it('writes the numbers of the error table, which administrators search for', () => {
    expect(mapOf({ kind: 'refusal', code: 'COUNT_INSUFFICIENT', text: '' }).get(2)).toBe(0xc004f038)
    expect(decodeMessage(encodeMessage({ kind: 'refusal', code: 'REFUSED', text: '' }))).toEqual({
      kind: 'refusal',
      code: 'REFUSED',
      text: '',
    })
  })

  it('may say things beside, of which the unknown below 0 are ignored and the unknown from 0 are not', () => {
    const map = mapOf({ kind: 'refusal', code: 'BUSY', text: 'busy' })
    expect(
      decode(
        withField(
          map,
          4,
          new Map<number, CborValue>([
            [1, 2],
            [-1, 'later'],
          ]),
        ),
      ),
    ).toMatchObject({ detail: { count: 2 } })
    expect(codeOf(() => decode(withField(map, 4, new Map([[6, 2]]))))).toBe('UNKNOWN_CRITICAL')
  })

  it('with a long explanation is cut, so that it always fits into an answer (rule 41)', () => {
    const bytes = encodeMessage({ kind: 'refusal', code: 'BUSY', text: '€'.repeat(100_000) })
    expect(decodeMessage(bytes)).toMatchObject({ text: '€'.repeat(refusalTextLimit) })
    expect(bytes.length).toBeLessThan(answerLimit)
  })
})
