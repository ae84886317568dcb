import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, type Instant } from '../time.ts'
import { begin, fresh, happen, leased, licenseArbitraries, policy } from './license.fixture.ts'
import { applyLicenseEvent, type LicenseEvent } from './license-event.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { LicenseRecord } from './license-record.ts'
import { licenseState } from './license-state.ts'

const { events, policies, records, times } = licenseArbitraries(fc)

const at = (day: number): Instant => begin + days(day)
const lasting = (from: Instant): LicenseEvent => ({ kind: 'activated', expires: from + days(180), granted: from })

/** The state that a record is brought to by events on their days, and shown on the last one. */
function after(record: LicenseRecord, ...history: readonly (readonly [day: number, event: LicenseEvent])[]): string {
  const last = history.at(-1)?.[0] ?? 0
  const end = history.reduce((kept, [day, event]) => happen(kept, event, at(day)), record)
  const { state, reason } = licenseState(end, policy, at(last))
  return reason === undefined ? state : `${state} · ${reason}`
}

const changedHardware: LicenseRecord = { ...leased, hardwareChanged: at(9) }
const revoked: LicenseRecord = { ...leased, nonGenuine: at(9) }
const mak: LicenseRecord = { ...fresh, key: 'mak', lease: { expires: 'never', granted: begin } }

describe('an event', () => {
  it.each<[what: string, record: LicenseRecord, day: number, event: LicenseEvent, state: string]>([
    ['an activation in the initial grace', fresh, 1, lasting(at(1)), 'licensed'],
    ['one in notification', fresh, 99, lasting(at(99)), 'licensed'],
    ['one in the grace behind a lease', leased, 181, lasting(at(181)), 'licensed'],
    ['one on other hardware', changedHardware, 20, lasting(at(20)), 'licensed'],
    ['one after a revocation', revoked, 99, lasting(at(99)), 'licensed'],
    ['a renewal', leased, 179, lasting(at(179)), 'licensed'],
    ['other hardware', leased, 9, { kind: 'hardware-changed' }, 'out-of-tolerance-grace · HARDWARE_OUT_OF_TOLERANCE'],
    ['hardware that is accepted', changedHardware, 10, { kind: 'hardware-accepted' }, 'licensed'],
    ['other hardware without a lease', fresh, 9, { kind: 'hardware-changed' }, 'initial-grace · IN_INITIAL_GRACE'],
    ['a revocation (rule 44)', leased, 9, { kind: 'found-non-genuine' }, 'non-genuine-grace · IN_NON_GENUINE_GRACE'],
    ['a revocation taken back', revoked, 10, { kind: 'found-genuine' }, 'licensed'],
    ['the removal of the key', leased, 1, { kind: 'key-removed' }, 'unlicensed · NO_PRODUCT_KEY'],
    ['another edition', leased, 31, { kind: 'edition-changed', key: 'volume' }, 'notification · GRACE_EXPIRED'],
    ['another key of the same edition', leased, 31, { kind: 'key-installed', key: 'volume' }, 'licensed'],
    ['a release', leased, 31, { kind: 'released' }, 'notification · GRACE_EXPIRED'],
    ['a rearm', leased, 1, { kind: 'rearmed', level: 'machine' }, 'initial-grace · IN_INITIAL_GRACE'],
    ['a rearm in notification', fresh, 99, { kind: 'rearmed', level: 'product' }, 'initial-grace · IN_INITIAL_GRACE'],
    [
      'a rearm after a revocation',
      revoked,
      20,
      { kind: 'rearmed', level: 'machine' },
      'non-genuine-grace · IN_NON_GENUINE_GRACE',
    ],
  ])('changes the state: %s', (_, record, day, event, state) => {
    expect(after(record, [day, event])).toBe(state)
  })

  it('is remembered from the first time on', () => {
    const twice = ['hardware-changed', 'found-non-genuine'] as const
    const record = twice.reduce((kept, kind) => happen(happen(kept, { kind }, at(9)), { kind }, at(20)), leased)
    expect(record).toMatchObject({ hardwareChanged: at(9), nonGenuine: at(9) })
  })

  it('never mends a revocation but by a new activation, or by finding it genuine (rule 44)', () => {
    const others = events.filter(({ kind }) => kind !== 'activated' && kind !== 'found-genuine')
    fc.assert(
      fc.property(others, times, (event, now) => {
        const change = applyLicenseEvent(revoked, event, policy, now)
        expect('refused' in change ? revoked : change).toMatchObject({ nonGenuine: at(9) })
      }),
    )
  })
})

describe('an activation', () => {
  it('leads to licensed from any state, unless there is no key', () => {
    fc.assert(
      fc.property(records, policies, times, fc.integer({ min: 1, max: days(400) }), (record, terms, now, length) => {
        for (const expires of [now + length, 'never'] as const) {
          const change = applyLicenseEvent(record, { kind: 'activated', expires, granted: now }, terms, now)
          if (record.key === 'none') expect(change).toEqual({ refused: 'NO_PRODUCT_KEY' })
          else expect(licenseState(change as LicenseRecord, terms, now).state).toBe('licensed')
        }
      }),
    )
  })

  it('is refused with a lease that has ended: never licensed without one that runs', () => {
    const ended: LicenseEvent = { kind: 'activated', expires: at(1), granted: begin }
    expect(applyLicenseEvent(fresh, ended, policy, at(1))).toEqual({ refused: 'LEASE_EXPIRED' })
  })
})

describe('conversion between volume and MAK', () => {
  it('leaves a lease that runs to run, in both directions, until the new kind is activated', () => {
    expect(after(leased, [1, { kind: 'key-installed', key: 'mak' }])).toBe('licensed')
    expect(after(mak, [999, { kind: 'key-installed', key: 'volume' }])).toBe('licensed')
    const converted = happen(mak, { kind: 'key-installed', key: 'volume' }, at(9))
    expect(happen(converted, lasting(at(9)), at(9)).lease?.expires).toBe(at(189))
  })

  it('ends a grace: a MAK over a lease that has ended, without activation, leads to notification', () => {
    expect(licenseState(leased, policy, at(181)).state).toBe('out-of-tolerance-grace')
    const install: LicenseEvent = { kind: 'key-installed', key: 'mak' }
    expect(after(leased, [181, install])).toBe('notification · LICENSE_EXPIRED')
    expect(after(fresh, [31, install])).toBe('notification · GRACE_EXPIRED')
    const activation: LicenseEvent = { kind: 'activated', expires: 'never', granted: at(181) }
    expect(after(leased, [181, install], [181, activation])).toBe('licensed')
  })

  it('shows the notification to come as soon as the MAK is installed', () => {
    const converted = happen(leased, { kind: 'key-installed', key: 'mak' }, at(1))
    expect(licenseState(converted, policy, at(1)).upcoming).toMatchObject({ state: 'notification', at: at(180) })
  })
})

describe('a lease that runs', () => {
  const endings = ['key-removed', 'edition-changed', 'released', 'found-non-genuine', 'hardware-changed']

  it('is ended by nothing but revocation, other hardware, its key, its release, and a new identity', () => {
    const harmless = events.filter((event) => {
      if (event.kind === 'rearmed') return event.level !== 'machine'
      return event.kind !== 'activated' && !endings.includes(event.kind)
    })
    fc.assert(
      fc.property(records, harmless, policies, times, (record, event, terms, now) => {
        if (licenseState(record, terms, now).state !== 'licensed') return
        const change = applyLicenseEvent(record, event, terms, now)
        const kept = 'refused' in change ? record : change
        expect(licenseState(kept, terms, now)).toMatchObject({ state: 'licensed' })
        expect(kept.lease).toEqual(record.lease)
      }),
    )
  })
})

describe('grace', () => {
  it('belongs to hardware: what a host remembers moves its beginning earlier, never later (rule 37)', () => {
    fc.assert(
      fc.property(records, times, policies, (record, began, terms) => {
        const { graceBegan } = happen(record, { kind: 'grace-told', began }, begin, terms)
        expect(graceBegan).toBeLessThanOrEqual(record.graceBegan)
      }),
    )
    const wiped = { ...fresh, graceBegan: at(29) }
    expect(happen(wiped, { kind: 'grace-told', began: begin }).graceBegan).toBe(begin)
    expect(happen(wiped, { kind: 'grace-told', began: at(40) }).graceBegan).toBe(at(29))
  })

  it('is not begun anew by a key that is removed and installed again, nor by another edition (rule 37)', () => {
    const removed = happen(fresh, { kind: 'key-removed' }, at(29))
    expect(happen(removed, { kind: 'key-installed', key: 'volume' }, at(29)).graceBegan).toBe(begin)
    expect(happen(fresh, { kind: 'edition-changed', key: 'evaluation' }, at(29)).graceBegan).toBe(begin)
  })

  it('that a rearm has begun anew is not taken back by what a host remembers from before it', () => {
    const rearmed = happen(fresh, { kind: 'rearmed', level: 'machine' }, at(29))
    expect(happen(rearmed, { kind: 'grace-told', began: begin }).graceBegan).toBe(at(29))
  })
})

describe('an extended grace', () => {
  const generous: LicensePolicy = { ...policy, extendedGraceSeconds: days(10) }
  const until = (day: number): LicenseEvent => ({ kind: 'extended', until: at(day) })

  it('is refused unless the catalog allows it', () => {
    for (const terms of [policy, { ...policy, extendedGraceSeconds: 0 }]) {
      expect(applyLicenseEvent(fresh, until(40), terms, at(30))).toEqual({ refused: 'EXTENSION_NOT_ALLOWED' })
    }
  })

  it('is as long as the vendor says, but not longer than the catalog allows', () => {
    expect(happen(fresh, until(35), at(30), generous).extendedUntil).toBe(at(35))
    expect(happen(fresh, until(99), at(30), generous).extendedUntil).toBe(at(40))
  })

  it('is not made shorter by another one', () => {
    const extended = happen(fresh, until(35), at(30), generous)
    expect(happen(extended, until(32), at(30), generous).extendedUntil).toBe(at(35))
  })
})

describe('a history of events', () => {
  const steps = fc.array(fc.tuple(fc.nat(days(40)), events), { maxLength: 40 })

  it('is licensed only while a lease runs that an activation brought', () => {
    fc.assert(
      fc.property(steps, policies, (history, terms) => {
        let [record, now] = [fresh, begin]
        for (const [pause, event] of history) {
          now += pause
          const change = applyLicenseEvent(record, event, terms, now)
          record = 'refused' in change ? record : change
          if (licenseState(record, terms, now).state !== 'licensed') continue
          expect(record.lease?.expires === 'never' || now < (record.lease?.expires ?? 0)).toBe(true)
        }
      }),
    )
  })

  it('never uses more rearms than the catalog gives, at any level', () => {
    fc.assert(
      fc.property(steps, policies, (history, terms) => {
        const end = history.reduce((record, [, event]) => {
          const change = applyLicenseEvent(record, event, terms, begin)
          return 'refused' in change ? record : change
        }, fresh)
        const { machine, application, product } = end.rearms
        expect(machine + application + product).toBeLessThanOrEqual(terms.rearms + (terms.rearmsAfterActivation ?? 0))
        expect(application).toBeLessThanOrEqual(terms.applicationRearms ?? Infinity)
        expect(product).toBeLessThanOrEqual(terms.productRearms ?? Infinity)
      }),
    )
  })

  it('comes back to licensed with one activation, whatever has happened, while there is a key', () => {
    fc.assert(
      fc.property(steps, policies, (history, terms) => {
        const end = history.reduce((record, [, event]) => {
          const change = applyLicenseEvent(record, event, terms, begin)
          return 'refused' in change ? record : change
        }, fresh)
        if (end.key === 'none') return
        expect(licenseState(happen(end, lasting(at(99)), at(99), terms), terms, at(99)).state).toBe('licensed')
      }),
    )
  })
})
