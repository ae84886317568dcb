import { describe, expect, it } from 'vitest'
import { days } from '../time.ts'
import { applyLicenseEvent } from './license-event.ts'
import { begin, fresh, happen, leased, policy } from './license.fixture.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { LicenseRecord, RearmLevel } from './license-record.ts'
import { rearmsLeft } from './rearms.ts'

function rearm(record: LicenseRecord, level: RearmLevel, terms: LicensePolicy = policy): LicenseRecord {
  return happen(record, { kind: 'rearmed', level }, begin, terms)
}

describe('rearms', () => {
  it('are three by default, at whatever level, and then refused with the number that administrators know', () => {
    const levels: readonly RearmLevel[] = ['machine', 'application', 'product']
    const used = levels.reduce<LicenseRecord>((record, level) => rearm(record, level), fresh)
    expect(rearmsLeft(used, policy)).toEqual({ machine: 0, application: 0, product: 0 })
    for (const level of levels) {
      expect(applyLicenseEvent(used, { kind: 'rearmed', level }, policy, begin)).toEqual({
        refused: 'REARMS_EXHAUSTED',
      })
    }
  })

  it('may be fewer for an application or a product', () => {
    const terms = { ...policy, applicationRearms: 1, productRearms: 0 }
    expect(rearmsLeft(fresh, terms)).toEqual({ machine: 3, application: 1, product: 0 })
    expect(rearmsLeft(rearm(fresh, 'application', terms), terms)).toEqual({ machine: 2, application: 0, product: 0 })
  })

  it('are one more after the first activation of a suite, once, and also after the lease is gone', () => {
    const suite = { ...policy, rearms: 5, rearmsAfterActivation: 1 }
    const activation = { kind: 'activated', expires: begin + days(180), granted: begin } as const
    expect(rearmsLeft(fresh, suite).machine).toBe(5)
    const activated = happen(fresh, activation)
    expect(rearmsLeft(activated, suite).machine).toBe(6)
    const later = { ...activation, granted: begin + days(1) }
    const again = happen(happen(activated, { kind: 'released' }), later)
    expect(again.firstActivated).toBe(begin)
    expect(rearmsLeft(again, suite).machine).toBe(6)
    expect(rearmsLeft(happen(again, { kind: 'key-removed' }), suite).machine).toBe(6)
    expect(rearmsLeft(activated, policy).machine).toBe(3)
  })

  it('are none left, and not fewer, where a newer catalog gives fewer than were used', () => {
    const used = { ...fresh, rearms: { machine: 2, application: 1, product: 1 } }
    const terms = { ...policy, rearms: 1, productRearms: 0 }
    expect(rearmsLeft(used, terms)).toEqual({ machine: 0, application: 0, product: 0 })
  })

  it('of an application or a product leave a lease that runs, and those of a machine do not', () => {
    expect(rearm(leased, 'application').lease).toEqual(leased.lease)
    expect(rearm(leased, 'product').lease).toEqual(leased.lease)
    expect(rearm(leased, 'machine').lease).toBeUndefined()
  })
})
