import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../bytes.ts'
import { decodePem, encodePem } from './pem.ts'

const label = 'CERTIFICATE'
const one = encodePem(label, new Uint8Array(100).fill(1))

describe('PEM', () => {
  it('gives one or several documents back, with either line ending', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 }), (documents) => {
        const text = documents.map((bytes) => encodePem(label, bytes)).join('')
        expect(decodePem(label, text)).toEqual(documents)
        expect(decodePem(label, text.replaceAll('\n', '\r\n'))).toEqual(documents)
        expect(decodePem(label, text.slice(0, -1))).toEqual(documents)
      }),
    )
  })

  it('has lines of 64 characters', () => {
    const lines = one.split('\n')
    expect([lines.at(0), lines.at(-2), lines.at(-1)]).toEqual(['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '']) // prettier-ignore
    expect(lines.slice(1, -2).map((line) => line.length)).toEqual([64, 64, 8])
  })

  it.each([
    ['nothing', ''],
    ['text before', `x\n${one}`],
    ['text after', `${one}x`],
    ['text between', `${one}\n${one}`],
    ['another label', one.replaceAll(label, 'PRIVATE KEY')],
    ['labels that differ', one.replace(`END ${label}`, 'END X')],
    ['lines of another length', one.replace(/^(.{64})\n/m, '$1')],
    ['a space', one.replace('AQ', 'A Q')],
    ['an empty line', one.replace('-----\n', '-----\n\n')],
    ['base64 that is not canonical', one.replace('AQ==', 'AR==')],
    ['a single carriage return', one.replace('\n', '\r')],
  ])('is refused with %s (rule 12)', (_, text) => {
    expect(() => decodePem(label, text)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  })

  it('never quotes the text, which may be a secret', () => {
    const secret = encodePem('PRIVATE KEY', utf8('secret')).replace('\n', '\n ')
    expect(() => decodePem('PRIVATE KEY', secret)).toThrow(/^(?!.*c2Vj)/s)
  })
})
