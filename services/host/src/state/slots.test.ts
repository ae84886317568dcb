import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Slots } from './slots.ts'

/** Keys that crowd: few homes, few segments, so that rows step aside for each other and over the end. */
const keys = fc.record({
  low: fc.constantFrom(0, 1, 0x10000000, 0xf0000000, 0xffffffff),
  high: fc.nat(40).map((number) => (number % 2) + Math.floor(number / 2) * 0x04000100),
})

it('finds what was put in and not taken out, however crowded', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.constantFrom('put', 'put', 'remove')), { maxLength: 200 }), (steps) => {
      const rows: { low: number; high: number }[] = []
      const slots = new Slots({ low: (row) => rows[row]?.low ?? 0, high: (row) => rows[row]?.high ?? 0 })
      const expected = new Map<string, number>()
      for (const [key, what] of steps) {
        const name = `${key.low}/${key.high}`
        if (what === 'put') {
          const row = rows.push(key) - 1
          slots.put(row)
          expected.set(name, row)
        } else {
          slots.remove(key.low, key.high)
          expected.delete(name)
        }
      }
      for (const { low, high } of rows) expect(slots.find(low, high)).toBe(expected.get(`${low}/${high}`) ?? -1)
    }),
  )
})

it('finds a hundred thousand rows, in at most eight bytes each', () => {
  const low = (row: number): number => Math.imul(row, 0x9e3779b1) >>> 0
  const high = (row: number): number => Math.imul(row, 0x85ebca6b) >>> 0
  const slots = new Slots({ low, high })
  for (let row = 0; row < 100_000; row += 1) if (!slots.putNew(row)) throw new Error(`${row} is there already`)
  for (let row = 0; row < 100_000; row += 1) if (slots.find(low(row), high(row)) !== row) throw new Error(`no ${row}`)
  expect(slots.putNew(7)).toBe(false)
  expect(slots.find(1, 1)).toBe(-1)
  expect(slots.bytes).toBeLessThan(800_000)
})
