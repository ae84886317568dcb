import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { payloadLength } from './alphabet.ts'
import { packPayload, unpackPayload } from './payload.ts'

const payloads = fc.record({
  kind: fc.nat(3),
  group: fc.nat(1_023),
  serial: fc.nat(2 ** 32 - 1),
  random: fc.bigInt(0n, 2n ** 61n - 1n),
})

function digitsOf(value: bigint): readonly number[] {
  return Array.from({ length: payloadLength }, (_, index) => Number((value / 24n ** BigInt(22 - index)) % 24n))
}

describe('the payload of a key', () => {
  it('comes back from its digits as it went in', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(unpackPayload(packPayload(payload))).toEqual(payload)
      }),
    )
  })

  it('is 2 bits of kind, 10 of group, 32 of serial and 61 random ones, most significant first', () => {
    expect(packPayload({ kind: 1, group: 0, serial: 0, random: 0n })).toEqual(digitsOf(2n ** 103n))
    expect(packPayload({ kind: 0, group: 1, serial: 0, random: 0n })).toEqual(digitsOf(2n ** 93n))
    expect(packPayload({ kind: 0, group: 0, serial: 1, random: 0n })).toEqual(digitsOf(2n ** 61n))
    expect(packPayload({ kind: 0, group: 0, serial: 0, random: 1n })).toEqual(digitsOf(1n))
  })

  it('takes the low 61 of 64 random bits', () => {
    expect(packPayload({ kind: 0, group: 0, serial: 0, random: 2n ** 64n - 1n })).toEqual(digitsOf(2n ** 61n - 1n))
  })

  it('is at most 2^105 − 1, although 23 digits have room for more', () => {
    expect(unpackPayload(digitsOf(2n ** 105n - 1n))).toEqual({
      kind: 3,
      group: 1_023,
      serial: 2 ** 32 - 1,
      random: 2n ** 61n - 1n,
    })
    expect(unpackPayload(digitsOf(2n ** 105n))).toBeUndefined()
    expect(unpackPayload(digitsOf(24n ** 23n - 1n))).toBeUndefined()
  })
})
