import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalTarget, mostTargets, orderSrv, type SrvRecord } from './srv-order.ts'

const lowest = (): number => 0
const highest = (most: number): number => most

function record(target: string, priority = 0, weight = 0, port = 1688): SrvRecord {
  return { target, priority, weight, port }
}

function targets(records: readonly SrvRecord[], draw: (most: number) => number = lowest): readonly string[] {
  const order = orderSrv(records, draw)
  return order.kind === 'targets' ? order.targets.map(({ target }) => target) : []
}

describe('the order of SRV records', () => {
  it('is by priority, the lowest first', () => {
    expect(targets([record('c', 20), record('a', 0), record('b', 10)])).toEqual(['a', 'b', 'c'])
  })

  it('puts weight 0 first, so that it wins only when 0 is drawn', () => {
    const records = [record('heavy', 0, 5), record('light', 0, 0)]
    expect(targets(records, lowest)).toEqual(['light', 'heavy'])
    expect(targets(records, (most) => Math.min(1, most))).toEqual(['heavy', 'light'])
  })

  it('chooses the first whose running sum reaches the number drawn', () => {
    const records = [record('one', 0, 1), record('three', 0, 3)]
    const firstOf = (drawn: number): string | undefined => targets(records, (most) => Math.min(drawn, most))[0]
    expect([0, 1, 2, 3, 4].map(firstOf)).toEqual(['one', 'one', 'three', 'three', 'three'])
  })

  it('is that there is no service where the target is the root, and nothing else is named', () => {
    expect(orderSrv([record('.')], lowest)).toEqual({ kind: 'unavailable' })
    expect(orderSrv([record('')], lowest)).toEqual({ kind: 'unavailable' })
    expect(orderSrv([], lowest)).toEqual({ kind: 'targets', targets: [] })
    expect(targets([record('.'), record('a')])).toEqual(['a'])
  })

  it('drops what is named again, in any spelling, and keeps its better place', () => {
    const records = [record('A.example.', 9), record('a.example', 1, 2), record('a.Example', 1, 7), record('b', 5)]
    expect(orderSrv(records, highest)).toEqual({
      kind: 'targets',
      targets: [record('a.Example', 1, 7), record('b', 5)],
    })
    expect(targets([record('a', 0, 0, 1), record('a', 0, 0, 2)])).toHaveLength(2)
  })

  it('has sixteen targets at most, those of the best priorities (rule 51)', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => record(`host-${String(i)}`, 2_999 - i, 1))
    expect(targets(many, highest)).toEqual(Array.from({ length: mostTargets }, (_, i) => `host-${String(2_999 - i)}`))
  })

  it('asks for no number beyond the sum of the weights, and takes none', () => {
    expect(() => orderSrv([record('a', 0, 3)], () => 4)).toThrow('more than the weights')
  })

  const anyRecord = fc.record({
    target: fc.constantFrom('a', 'b', 'c', 'd', 'A', 'b.', '.', ''),
    port: fc.constantFrom(1688, 1700),
    priority: fc.nat(3),
    weight: fc.oneof(fc.constant(0), fc.nat(65_535)),
  })

  it('names every target once, and never a worse priority before a better one', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (records, chance) => {
          const draw = (most: number): number => Math.floor(Number(chance.next().value) * most)
          const order = orderSrv(records, draw)
          const found = order.kind === 'targets' ? order.targets : []
          const name = ({ target, port }: SrvRecord): string => `${canonicalTarget(target)}:${String(port)}`
          const wanted = new Set(records.filter(({ target }) => canonicalTarget(target) !== '').map(name))
          expect(new Set(found.map(name))).toEqual(wanted)
          expect(found).toHaveLength(wanted.size)
          expect(found.map(({ priority }) => priority)).toEqual(
            found.map(({ priority }) => priority).toSorted((a, b) => a - b),
          )
        },
      ),
    )
  })

  it('chooses as often as the weights say', () => {
    const records = [record('a', 0, 10), record('b', 0, 30), record('c', 0, 60)]
    // Every number that can be drawn, once: nothing is left to chance.
    const firsts = Array.from({ length: 101 }, (_, drawn) => targets(records, (most) => Math.min(drawn, most))[0])
    const share = (name: string): number => firsts.filter((first) => first === name).length
    expect([share('a'), share('b'), share('c')]).toEqual([11, 30, 60])
  })
})
