import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../bytes.ts'
import { derFromRawSignature, rawFromDerSignature, requireRawSignature } from './ecdsa-signature.ts'
import { derSequence, derUnsigned } from './writer.ts'

const positive = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte > 0))
const one = '020101'

describe('derFromRawSignature', () => {
  it('is the one encoding that is read back', () => {
    fc.assert(
      fc.property(positive, positive, (r, s) => {
        const der = derFromRawSignature(concat(r, s))
        expect(der).toEqual(derSequence(derUnsigned(r), derUnsigned(s)))
        expect(rawFromDerSignature(der)).toEqual(concat(r, s))
      }),
    )
  })

  it('writes short numbers, and zero, which no signature has', () => {
    const raw = fromHex(`${'00'.repeat(31)}80${'00'.repeat(32)}`)
    expect(toHex(derFromRawSignature(raw))).toBe('300702020080020100')
  })
})

describe('rawFromDerSignature', () => {
  it('gives both numbers at their full width', () => {
    fc.assert(
      fc.property(positive, positive, (r, s) => {
        expect(rawFromDerSignature(derSequence(derUnsigned(r), derUnsigned(s)))).toEqual(concat(r, s))
      }),
    )
  })

  it('pads short numbers', () => {
    const raw = rawFromDerSignature(fromHex(`3007${one}02020080`))
    expect(toHex(raw ?? new Uint8Array())).toBe(`${'00'.repeat(31)}01${'00'.repeat(31)}80`)
  })

  it.each([
    ['nothing', ''],
    ['another tag', `3106${one}${one}`],
    ['a wrong length', `3007${one}${one}`],
    ['a long length', `308106${one}${one}`],
    ['one number', `3003${one}`],
    ['three numbers', `3009${one}${one}${one}`],
    ['no number', '3003040101'],
    ['a second that is no number', `3006${one}040101`],
    ['a number cut short', `3006${one}020201`],
    ['a number without a length', `3004${one}02`],
    ['an empty number', `3005${one}0200`],
    ['a negative number', `3006${one}020180`],
    ['zero', `3006${one}020100`],
    ['a zero too many', `3007${one}02020001`],
    ['a number of 33 bytes', `3026${one}0221${'01'.repeat(33)}`],
  ])('refuses %s', (_, hex) => {
    expect(rawFromDerSignature(fromHex(hex))).toBeUndefined()
  })
})

describe('requireRawSignature', () => {
  it('gives the same, and takes what is none for a bug', () => {
    const der = fromHex(`3006${one}${one}`)
    expect(requireRawSignature(der)).toEqual(rawFromDerSignature(der))
    expect(() => requireRawSignature(der.subarray(1))).toThrow('strict DER')
  })
})
