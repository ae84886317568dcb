import { describe, expect, it } from 'vitest'
import { planMachines } from './machine-plan.ts'

describe('planMachines', () => {
  it('gives the same names, order, times and hardware for the same seed, and others for another', () => {
    expect(planMachines(30, 7, 3_600)).toEqual(planMachines(30, 7, 3_600))
    expect(planMachines(30, 8, 3_600)).not.toEqual(planMachines(30, 7, 3_600))
  })

  it('gives every machine a folder, a name and hardware that no other has', () => {
    const plan = planMachines(1_000, 1, 3_600)
    for (const of of [
      ({ machine }: (typeof plan)[number]) => machine.folder,
      ({ machine }: (typeof plan)[number]) => machine.name,
      ({ machine }: (typeof plan)[number]) => machine.hardware.systemUuid,
    ]) {
      expect(new Set(plan.map(of)).size).toBe(1_000)
    }
  })

  it('has them ask one after another, all within the first round where it is long enough', () => {
    const times = planMachines(100, 3, 3_600).map(({ after }) => after)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeLessThanOrEqual(3_600)
  })
})
