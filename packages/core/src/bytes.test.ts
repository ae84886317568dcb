import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareBytes,
  concat,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  encodeBase64Url,
  equal,
  excerpt,
  fromHex,
  toHex,
  utf8,
} from './bytes.ts'

const anyBytes = fc.uint8Array({ maxLength: 40 })

describe('byte strings', () => {
  it('are joined in order', () => {
    expect(concat(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
    expect(concat()).toEqual(new Uint8Array())
  })

  it('are equal exactly when they compare as zero, and compare as Buffers do', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(equal(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(equal(a, a.slice())).toBe(true)
        expect(Math.sign(compareBytes(concat(a, b), a))).toBe(Math.sign(b.length))
        expect(Math.sign(compareBytes(a, concat(a, b)))).toBe(b.length === 0 ? 0 : -1)
      }),
    )
  })
})

describe('hexadecimal', () => {
  it('comes back as the same bytes from either case', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
        expect(fromHex(toHex(bytes))).toEqual(bytes)
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes)
      }),
    )
  })

  it.each(['0', 'aB', '0g', ' 00', '00\n', '0x00'])('refuses %j', (text) => {
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  })
})

describe('base64', () => {
  it('is that of RFC 4648 §10', () => {
    const vectors = {
      '': '',
      f: 'Zg==',
      fo: 'Zm8=',
      foo: 'Zm9v',
      foob: 'Zm9vYg==',
      fooba: 'Zm9vYmE=',
      foobar: 'Zm9vYmFy',
    }
    for (const [text, encoded] of Object.entries(vectors)) {
      expect(encodeBase64(utf8(text))).toBe(encoded)
      expect(decodeBase64(encoded)).toEqual(utf8(text))
    }
  })

  it('agrees with Buffer in both alphabets', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
        expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
      }),
    )
  })

  it.each(['Zg', 'Zg=', 'Zh==', 'Zm9=', 'Zg===', '=', '====', 'Zm9v\n', 'Zm 9v', 'Zm-v', 'Z', 'Zg==Zg==', 'Zm9vé'])(
    'refuses %j, which is not canonical (rule 12)',
    (text) => {
      expect(() => decodeBase64(text)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
    },
  )

  it('gives any text back the same, or refuses it without quoting it', () => {
    const texts = fc.string({ unit: fc.constantFrom(...Array.from('AZaz09+/=-é')) })
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(encodeBase64(decodeBase64(text))).toBe(text)
        } catch (error) {
          expect(error).toMatchObject({
            code: 'MALFORMED',
            message: `${text.length} characters are not base64 as RFC 4648 §4 has it`,
          })
        }
      }),
    )
  })
})

describe('UTF-8', () => {
  it('comes back as the same text, byte order mark included', () => {
    for (const text of ['', 'ä€😀', '\ufeffa']) expect(decodeUtf8(utf8(text))).toBe(text)
  })

  it.each(['80', 'c080', 'eda080', 'f4908080', 'c3'])('is not %s', (hex) => {
    expect(decodeUtf8(fromHex(hex))).toBeUndefined()
  })
})

describe('excerpt', () => {
  it('keeps forty characters', () => {
    expect(excerpt('a'.repeat(40))).toBe('a'.repeat(40))
    expect(excerpt('a'.repeat(41))).toBe(`${'a'.repeat(40)}…`)
  })
})
