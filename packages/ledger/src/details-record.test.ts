import { randomBytes } from 'node:crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detailsBodyLength, type DetailsRecord, parseDetailsBody, writeDetailsBody } from './details-record.ts'
import { segmentEntries } from './ledger-files.ts'

const record = {
  index: 3 * segmentEntries + 7,
  request: new Uint8Array(randomBytes(200)),
  salt: new Uint8Array(randomBytes(16)),
  details: new Uint8Array(randomBytes(60)),
}

function bodyOf(given: DetailsRecord): Buffer {
  const body = Buffer.alloc(detailsBodyLength(given))
  writeDetailsBody(body, 0, given)
  return body
}

describe('a record of details', () => {
  it('comes back as it was written', () => {
    expect(parseDetailsBody(bodyOf(record), 3)).toEqual(record)
    const empty = { ...record, details: new Uint8Array(0) }
    expect(parseDetailsBody(bodyOf(empty), 3)).toEqual(empty)
  })

  it('gives a record or MALFORMED for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          expect(bodyOf(parseDetailsBody(bytes, 0))).toEqual(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(ActivationError)
          expect(error).toMatchObject({ code: 'MALFORMED' })
        }
      }),
    )
  })

  it('is malformed when it is cut within request or salt', () => {
    const body = bodyOf(record)
    for (let length = 0; length < 6 + 200 + 16; length += 1) {
      expect(() => parseDetailsBody(body.subarray(0, length), 3)).toThrow('no record of details')
    }
  })
})
