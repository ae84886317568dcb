import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyAlphabet, keyLength, payloadLength } from './alphabet.ts'
import { checkDigits, checkFits } from './check.ts'

const digit = fc.nat(keyAlphabet.length - 1)
const payload = fc.array(digit, { minLength: payloadLength, maxLength: payloadLength })
const places = Array.from({ length: keyLength }, (_, place) => place)

describe('the check characters', () => {
  it('find every single wrong character, in the payload and in the check itself', () => {
    fc.assert(
      fc.property(payload, (digits) => {
        const key = [...digits, ...checkDigits(digits)]
        const wrong = places.flatMap((place) =>
          Array.from(keyAlphabet, (_, other) => key.with(place, other)).filter((typed) => typed[place] !== key[place]),
        )
        expect(wrong).toHaveLength(keyLength * (keyAlphabet.length - 1))
        expect(wrong.filter(checkFits)).toEqual([])
      }),
    )
  })

  it('find every swap of two different characters, also of one in the payload with one in the check', () => {
    fc.assert(
      fc.property(payload, (digits) => {
        const key = [...digits, ...checkDigits(digits)]
        const swapped = places
          .flatMap((a) => places.slice(a + 1).map((b) => key.with(a, key[b] ?? -1).with(b, key[a] ?? -1)))
          .filter((typed) => typed.some((value, place) => value !== key[place]))
        expect(swapped.filter(checkFits)).toEqual([])
      }),
    )
  })

  it('cannot miss one, by arithmetic over every pair of places and every pair of characters', () => {
    // All places as one sum that is 0 mod 571. Exhaustive: 25 × 24 × 46 differences, none of them a multiple of 571.
    const weights = [...Array.from({ length: payloadLength }, (_, index) => index + 1), -24, -1]
    const differences = Array.from({ length: 47 }, (_, index) => index - 23).filter((difference) => difference !== 0)
    const single = weights.flatMap((weight) => differences.map((difference) => (weight * difference) % 571))
    const swaps = weights.flatMap((a, index) =>
      weights.slice(index + 1).flatMap((b) => differences.map((difference) => ((a - b) * difference) % 571)),
    )
    expect(single.filter((change) => Math.abs(change) === 0)).toEqual([])
    expect(swaps.filter((change) => Math.abs(change) === 0)).toEqual([])
  })

  it('fit in exactly one way, so that no payload has two keys', () => {
    fc.assert(
      fc.property(payload, (digits) => {
        const values = Array.from(keyAlphabet, (_, value) => value)
        const fitting = values.flatMap((high) => values.filter((low) => checkFits([...digits, high, low])))
        expect(fitting).toHaveLength(1)
      }),
      { numRuns: 20 },
    )
  })

  it('are never a value of 571 or more, which two digits have room for', () => {
    // 24 × 23 + 19 = 571, which is 0 mod 571, the check of a payload of zeros.
    const zeros = Array.from({ length: payloadLength }, () => 0)
    expect(checkFits([...zeros, 0, 0])).toBe(true)
    expect(checkFits([...zeros, 23, 19])).toBe(false)
  })
})
