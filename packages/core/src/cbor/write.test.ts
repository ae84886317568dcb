import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCbor } from './encode.ts'
import { headLength, writeBytes, writeHead } from './write.ts'

const edges = [0, 23, 24, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER]
const argument = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat())

describe('writing into a buffer', () => {
  it('gives the bytes that encoding a value gives, and no others', () => {
    fc.assert(
      fc.property(argument, fc.nat(9), (value, at) => {
        const target = new Uint8Array(32)
        const end = writeHead(target, at, 0, value)
        expect(target.subarray(at, end)).toEqual(encodeCbor(value))
        expect(end - at).toBe(headLength(value))
        expect([...target.subarray(0, at), ...target.subarray(end)].every((byte) => byte === 0)).toBe(true)
      }),
    )
  })

  it('writes byte strings of every length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const target = new Uint8Array(400)
        expect(target.subarray(7, writeBytes(target, 7, bytes))).toEqual(encodeCbor(bytes))
      }),
    )
  })
})
