import { describe, expect, it } from 'vitest'
import { HashList } from './hash-list.ts'

function hash(number: number): Uint8Array {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(28, number)
  return bytes
}

describe('a list of hashes', () => {
  it('keeps every hash in its place while it grows', () => {
    const list = new HashList()
    const numbers = Array.from({ length: 1_000 }, (_, index) => index)
    for (const number of numbers) list.push(hash(number))
    expect(list.length).toBe(1_000)
    expect(numbers.every((number) => Buffer.from(list.at(number)).equals(hash(number)))).toBe(true)
  })

  it('gives copies, so that nobody alters the tree from outside', () => {
    const list = new HashList()
    list.push(hash(1))
    list.at(0).fill(9)
    expect(list.at(0)).toEqual(hash(1))
  })

  it('has no hash beyond its end', () => {
    const list = new HashList()
    list.push(hash(1))
    expect(() => list.at(1)).toThrow('no hash 1 in a list of 1')
  })
})
