import { expect, it } from 'vitest'
import { SipHash } from './sip-hash.ts'

const key = Uint8Array.from({ length: 16 }, (_, index) => index)
const message = Uint8Array.from({ length: 64 }, (_, index) => index)

// The first, eighth, ninth, sixteenth and last of the 64 values of the authors' reference implementation (vectors_sip64).
it.each([
  [0, '726fdb47dd0e0e31'],
  [1, '74f839c593dc67fd'],
  [7, 'ab0200f58b01d137'],
  [8, '93f5f5799a932462'],
  [15, 'a129ca6149be45e5'],
  [63, '958a324ceb064572'],
])('hashes %d bytes as the reference implementation does', (length, expected) => {
  const hash = new SipHash(key)
  hash.hash(message, 0, length)
  expect(hash.high.toString(16).padStart(8, '0') + hash.low.toString(16).padStart(8, '0')).toBe(expected)
})

it('takes only a key of 16 bytes', () => {
  expect(() => new SipHash(new Uint8Array(8))).toThrow('16 bytes')
})
