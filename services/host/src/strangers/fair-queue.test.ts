import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FairQueue } from './fair-queue.ts'

function drain<T>(queue: FairQueue<T>): T[] {
  const taken: T[] = []
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item)
  return taken
}

describe('a fair queue (rule 39)', () => {
  it('lets the addresses take turns, each in the order of its own', () => {
    const queue = new FairQueue<string>(10)
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(item.slice(0, 1), item)
    expect(queue.addresses).toBe(3)
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
    expect([queue.size, queue.addresses, queue.take()]).toEqual([0, 0, undefined])
  })

  it('gives one address all there is when no other waits', () => {
    const queue = new FairQueue<number>(100)
    for (let item = 0; item < 100; item += 1) expect(queue.add('nat', item)).toBeUndefined()
    expect(drain(queue)).toHaveLength(100)
  })

  it('takes the newest from the address with most waiting when it is full, and refuses that address itself', () => {
    const queue = new FairQueue<string>(4)
    for (const item of ['f1', 'f2', 'f3', 'f4']) queue.add('flood', item)
    expect(queue.add('flood', 'f5')).toBe('f5')
    expect(queue.add('office', 'o1')).toBe('f4')
    expect(queue.add('home', 'h1')).toBe('f3')
    expect(queue.add('home', 'h2')).toBe('h2')
    expect(drain(queue)).toEqual(['f1', 'o1', 'h1', 'f2'])
  })

  it('never holds more than its capacity, loses nothing silently, and lets no address wait behind more than one turn of each other', () => {
    const arrivals = fc.array(fc.nat(5), { maxLength: 200 })
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 20 }), (addresses, capacity) => {
        const queue = new FairQueue<{ readonly address: number }>(capacity)
        const gone = addresses.flatMap((address) => queue.add(String(address), { address }) ?? [])
        expect(queue.size).toBe(Math.min(capacity, addresses.length))
        const left = drain(queue)
        expect(left.length + gone.length).toBe(addresses.length)
        const first = left.slice(0, new Set(left.map(({ address }) => address)).size)
        expect(new Set(first.map(({ address }) => address)).size).toBe(first.length)
      }),
    )
  })
})
