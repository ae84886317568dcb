import { describe, expect, it } from 'vitest'
import { expectUint } from './expect.ts'
import { Fields, fieldsOfArray } from './fields.ts'
import type { CborKey, CborValue } from './value.ts'

const sample = (): Fields =>
  new Fields(
    new Map<CborKey, CborValue>([
      [1, 7],
      [2, -7],
      [3, Uint8Array.of(1, 2)],
      [4, 'text'],
      [5, true],
      [6, [1, 2]],
      [7, new Map([[1, 2]])],
      [8, { tag: 601, value: 'inner' }],
      [9, null],
    ]),
    'sample',
  )

const malformed = (message: string): unknown => expect.objectContaining({ code: 'MALFORMED', message })

describe('Fields', () => {
  it('gives each field in its type', () => {
    const fields = sample()
    expect(fields.uint(1)).toBe(7)
    expect(fields.int(2)).toBe(-7)
    expect(fields.bytes(3, 2)).toEqual(Uint8Array.of(1, 2))
    expect(fields.text(4, 4)).toBe('text')
    expect(fields.bool(5)).toBe(true)
    expect(fields.array(6, 2)).toEqual([1, 2])
    expect(fields.map(7)).toEqual(new Map([[1, 2]]))
    expect(fields.tagged(8, 601)).toBe('inner')
    expect(fields.value(9)).toBeNull()
    fields.endStrict()
  })

  it('gives bytes and arrays of any length when none is asked for', () => {
    expect(sample().bytes(3)).toHaveLength(2)
    expect(sample().array(6)).toHaveLength(2)
  })

  it('reads lists and maps inside, naming them in messages', () => {
    expect(sample().list(6, expectUint)).toEqual([1, 2])
    expect(sample().fields(7).uint(1)).toBe(2)
    expect(() => sample().fields(7).uint(2)).toThrow(malformed('sample: field 7: field 2 is missing'))
    expect(() => new Fields(new Map([[1, [-1]]]), 'sample').list(1, expectUint)).toThrow(
      malformed('sample: field 1[0] must be a number from 0, not -1'),
    )
  })

  it('gives what is optional only when it is there', () => {
    const fields = sample()
    expect(fields.optional(1, (key) => fields.uint(key))).toBe(7)
    expect(fields.optional(99, (key) => fields.uint(key))).toBeUndefined()
    expect([fields.has(1), fields.has(99)]).toEqual([true, false])
  })

  it.each<[string, (fields: Fields) => unknown]>([
    ['sample: field 99 is missing', (fields) => fields.value(99)],
    ['sample: field "x" is missing', (fields) => fields.value('x')],
    ['sample: field 2 must be a number from 0, not -7', (fields) => fields.uint(2)],
    ['sample: field 4 must be a number, not a text', (fields) => fields.int(4)],
    ['sample: field 1 must be a byte string, not 7', (fields) => fields.bytes(1)],
    ['sample: field 3 must be 32 bytes long, not 2', (fields) => fields.bytes(3, 32)],
    ['sample: field 3 must be a text, not a byte string', (fields) => fields.text(3, 9)],
    ['sample: field 4 may be 3 characters long, not 4', (fields) => fields.text(4, 3)],
    ['sample: field 9 must be true or false, not null', (fields) => fields.bool(9)],
    ['sample: field 7 must be an array, not a map', (fields) => fields.array(7)],
    ['sample: field 6 must be an array of 3, not of 2', (fields) => fields.array(6, 3)],
    ['sample: field 6 must be a map, not an array', (fields) => fields.map(6)],
    ['sample: field 8 must be a map, not tag 601', (fields) => fields.fields(8)],
    ['sample: field 8 must be tag 18, not tag 601', (fields) => fields.tagged(8, 18)],
    ['sample: field 5 must be tag 18, not true', (fields) => fields.tagged(5, 18)],
  ])('refuses: %s', (message, take) => {
    expect(() => take(sample())).toThrow(malformed(message))
  })

  it('refuses what is no map', () => {
    expect(() => new Fields([], 'request')).toThrow(malformed('request must be a map, not an array'))
  })

  it('treats taking a field twice as the bug it is', () => {
    const fields = sample()
    fields.uint(1)
    expect(() => fields.uint(1)).toThrow(new Error('sample: field 1 is taken twice'))
  })
})

describe('end', () => {
  const withKey = (key: CborKey): Fields => new Fields(new Map([[key, 0]]), 'sample')
  const unknown: unknown = expect.objectContaining({ code: 'UNKNOWN_CRITICAL' })

  it.each([0, 1, 'note'])('refuses key %j if it was not taken, because it must be understood', (key) => {
    expect(() => {
      withKey(key).end()
    }).toThrow(unknown)
  })

  it('ignores negative keys, which may be ignored', () => {
    withKey(-1).end()
  })

  it('ignores nothing when it is strict', () => {
    expect(() => {
      withKey(-1).endStrict()
    }).toThrow(unknown)
  })

  it('accepts a map of which everything was taken', () => {
    const fields = new Fields(new Map([[1, 0], [-1, 0]]), 'sample') // prettier-ignore
    fields.uint(1)
    fields.end()
    fields.uint(-1)
    fields.endStrict()
  })
})

describe('fieldsOfArray', () => {
  it('numbers the values of an array', () => {
    const fields = fieldsOfArray(['a', 1], 'pair', 2)
    expect([fields.text(0, 1), fields.uint(1)]).toEqual(['a', 1])
    fields.endStrict()
    expect(() => fieldsOfArray([0], 'pair', 2)).toThrow(malformed('pair must be an array of 2, not of 1'))
  })
})
