import { randomBytes } from 'node:crypto'
import { concat } from '@volact/core/bytes'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describe, expect, it } from 'vitest'
import { encodeDetailsRecord, parseDetailsRecord } from './details-record.ts'

const record = {
  index: 7,
  request: new Uint8Array(randomBytes(200)),
  salt: new Uint8Array(randomBytes(16)),
  details: new Uint8Array(randomBytes(60)),
}
const bytes = encodeDetailsRecord(record)

function codeOf(input: Uint8Array): string | undefined {
  try {
    parseDetailsRecord(input)
    return undefined
  } catch (error) {
    if (error instanceof ActivationError) return error.code
    throw error
  }
}

describe('a record of details', () => {
  it('comes back as it was written', () => {
    expect(parseDetailsRecord(bytes)).toEqual(record)
  })

  it('is malformed when it is cut short, or goes on', () => {
    for (let length = 0; length < bytes.length; length += 1) expect(codeOf(bytes.subarray(0, length))).toBe('MALFORMED')
    expect(codeOf(concat(bytes, Uint8Array.of(0)))).toBe('MALFORMED')
  })

  it.each([0, 1, 2, 3])('is malformed with anything else in place %i, or nothing', (place) => {
    const parts = decodeCbor(bytes)
    if (!Array.isArray(parts)) throw new Error('a record is an array')
    for (const wrong of [-1, 'text', null, true, [], new Map()])
      expect(codeOf(encodeCbor(parts.with(place, wrong)))).toBe('MALFORMED')
    expect(codeOf(encodeCbor(parts.toSpliced(place, 1)))).toBe('MALFORMED')
  })
})
