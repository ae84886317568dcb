import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ActivationError } from '../errors/activation-error.ts'
import { keyAlphabet } from './alphabet.ts'
import { issueProductKey } from './issue-product-key.ts'
import { parseProductKey } from './parse-product-key.ts'
import { formatProductKey, isSameKey, keyKinds } from './product-key.ts'

const keys = fc
  .record({
    kind: fc.constantFrom(...keyKinds),
    group: fc.nat(1_023),
    serial: fc.nat(2 ** 32 - 1),
    random: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  })
  .map(issueProductKey)

const key = issueProductKey({ kind: 'host', group: 300, serial: 12, random: Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2) })
const text = formatProductKey(key)
const bare = key.reveal()

function refusal(typed: string): string {
  try {
    parseProductKey(typed)
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'KEY_INVALID') return error.message
    throw error
  }
  return 'accepted'
}

describe('a typed product key', () => {
  it('comes back from its text as it was issued', () => {
    fc.assert(
      fc.property(keys, (issued) => {
        const parsed = parseProductKey(formatProductKey(issued))
        expect(isSameKey(parsed, issued)).toBe(true)
        expect([parsed.kind, parsed.group, parsed.serial]).toEqual([issued.kind, issued.group, issued.serial])
      }),
    )
  })

  it('is taken in any case, without hyphens, with spaces, and with every dash a mail program makes', () => {
    const dashes = Array.from('\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad\u00a0\u202f\u2007\t')
    const forms = [text.toLowerCase(), bare, ` ${text}\r\n`, text.replaceAll('-', ' - '), `\ufeff${text}\u200b`]
    for (const form of [...forms, ...dashes.map((dash) => text.replaceAll('-', dash))]) {
      expect(isSameKey(parseProductKey(form), key), JSON.stringify(form)).toBe(true)
    }
  })

  it('is one key, or one coded error that does not repeat it, whatever the text', () => {
    const nearly = fc
      .tuple(fc.nat(24), fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(3))
      .map(([at, put, cut]) => {
        return bare.slice(0, at) + put + bare.slice(at + cut)
      })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), (typed) => {
        expect(refusal(typed)).not.toContain(bare.slice(0, 6))
      }),
    )
  })

  it('is told which character does not belong, where it stands, and the one that would fit', () => {
    expect(refusal(text.replaceAll('-', '').replace(/^(.{6})./, '$1O'))).toBe(
      `this is not a product key: character 7 (group 2) is 'O', which keys never contain; did you mean '${bare.charAt(6)}'?`,
    )
    const words = bare.slice(0, 24)
    expect(refusal(`${words}0`)).toContain(`character 25 (group 5) is '0', which keys never contain; did you mean`)
  })

  it('gets no suggestion when more than that one character is wrong', () => {
    const twice = `${bare.slice(0, 2)}O${bare.slice(3, 9)}1${bare.slice(10)}`
    expect(refusal(twice)).toBe("this is not a product key: character 3 (group 1) is 'O', which keys never contain")
    expect(refusal(`${bare.slice(0, 2)}O${bare.slice(3, 24)}`)).toMatch(/contain$/)
    expect(refusal(`${bare}\u0412`)).toMatch(/character 26 is U\+0412, which keys never contain$/)
  })

  it('names characters that cannot be told from others by their number', () => {
    expect(refusal(`\u0412${bare.slice(1)}`)).toContain('character 1 (group 1) is U+0412')
    expect(refusal(`😀${bare.slice(1)}`)).toContain('is U+1F600')
    expect(refusal(`\u212a${bare.slice(1)}`)).toContain('is U+212A')
    expect(refusal(`\ud800${bare.slice(1)}`)).toContain('is U+D800')
  })

  it.each([
    ['', 'nothing was typed; a key has 25 characters'],
    [' - ', 'nothing was typed; a key has 25 characters'],
    [bare.slice(1), '24 characters, one is missing'],
    [bare.slice(3), '22 characters, 3 are missing'],
    [`${bare}B`, '26 characters, one is too many'],
    [bare + bare, '50 characters, 25 are too many'],
    ['B'.repeat(257), 'a text of 257 characters; a key has 25'],
  ])('of a wrong length is told so: %j', (typed, words) => {
    expect(refusal(typed)).toBe(`this is not a product key: ${words}`)
  })

  it('with one wrong character or two swapped is told that, without a guess where', () => {
    const fits = 'the check characters do not fit: one character is mistyped or two are swapped'
    for (const character of keyAlphabet.replace(bare.charAt(4), '')) {
      expect(refusal(`${bare.slice(0, 4)}${character}${bare.slice(5)}`)).toContain(fits)
    }
    expect(refusal(`${bare.charAt(24)}${bare.slice(1, 24)}${bare.charAt(0)}`)).toContain(fits)
  })
})
