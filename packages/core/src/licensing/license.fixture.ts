// eslint-disable-next-line no-restricted-imports -- the type only: whoever calls hands in the library
import type fastCheck from 'fast-check'
import { days, hours, type Instant } from '../time.ts'
import { applyLicenseEvent, type LicenseEvent } from './license-event.ts'
import { enforcements, type LicensePolicy } from './license-policy.ts'
import type { LicenseRecord } from './license-record.ts'

/** A time after which everything in these tests happens. */
export const begin: Instant = 1_798_761_600

/** The defaults of the reference. */
export const policy: LicensePolicy = {
  initialGraceSeconds: days(30),
  outOfToleranceGraceSeconds: days(30),
  nonGenuineGraceSeconds: days(30),
  rearms: 3,
  ephemeral: { graceSeconds: 0 },
  enforcement: {
    unlicensed: 'notify',
    'initial-grace': 'notify',
    'out-of-tolerance-grace': 'notify',
    'non-genuine-grace': 'notify',
    notification: 'notify',
    'extended-grace': 'notify',
  },
}

/** A setup key, installed at the beginning. */
export const fresh: LicenseRecord = {
  key: 'volume',
  graceBegan: begin,
  ephemeral: false,
  rearms: { machine: 0, application: 0, product: 0 },
}

/** The same with a lease of 180 days from the beginning. */
export const leased: LicenseRecord = { ...fresh, lease: { expires: begin + days(180), granted: begin } }

/** Applies an event that must not be refused. */
export function happen(
  record: LicenseRecord,
  event: LicenseEvent,
  now: Instant = begin,
  terms: LicensePolicy = policy,
): LicenseRecord {
  const change = applyLicenseEvent(record, event, terms, now)
  if ('refused' in change) throw new Error(`${event.kind} was refused: ${change.refused}`)
  return change
}

/** What laws are tried on. */
export interface LicenseArbitraries {
  /** Within some years from the beginning, often on the deadlines of the others. */
  readonly times: Arbitrary<Instant>
  readonly policies: Arbitrary<LicensePolicy>
  /** Any records, sensible or not. */
  readonly records: Arbitrary<LicenseRecord>
  readonly events: Arbitrary<LicenseEvent>
}

type FastCheck = typeof fastCheck
type Arbitrary<T> = fastCheck.Arbitrary<T>

/** Makes the arbitraries of licenses. */
export function licenseArbitraries(fc: FastCheck): LicenseArbitraries {
  const times = fc.oneof(
    fc.nat(days(600)).map((offset) => begin + offset),
    fc.constantFrom(0, 1, 30, 60, 90, 180, 210, 240).map((day) => begin + days(day)),
  )
  return { times, policies: policiesOf(fc), records: recordsOf(fc, times), events: eventsOf(fc, times) }
}

function policiesOf(fc: FastCheck): Arbitrary<LicensePolicy> {
  const graces = fc.constantFrom(0, 1, hours(1), days(30), days(60))
  const numbers = fc.nat(4)
  const enforcement = fc.constantFrom(...enforcements)
  return fc.record(
    {
      initialGraceSeconds: graces,
      outOfToleranceGraceSeconds: graces,
      nonGenuineGraceSeconds: graces,
      rearms: numbers,
      ephemeral: fc.record({ graceSeconds: graces }),
      enforcement: fc.record({
        unlicensed: enforcement,
        'initial-grace': enforcement,
        'out-of-tolerance-grace': enforcement,
        'non-genuine-grace': enforcement,
        notification: enforcement,
        'extended-grace': enforcement,
      }),
      evaluationSeconds: graces,
      extendedGraceSeconds: graces,
      quietSeconds: graces,
      applicationRearms: numbers,
      productRearms: numbers,
      rearmsAfterActivation: numbers,
    },
    {
      requiredKeys: [
        ...(['initialGraceSeconds', 'outOfToleranceGraceSeconds', 'nonGenuineGraceSeconds'] as const),
        ...(['rearms', 'ephemeral', 'enforcement'] as const),
      ],
    },
  )
}

function recordsOf(fc: FastCheck, times: Arbitrary<Instant>): Arbitrary<LicenseRecord> {
  const used = fc.nat(4)
  return fc.record(
    {
      key: fc.constantFrom('none', 'volume', 'mak', 'evaluation'),
      graceBegan: times,
      ephemeral: fc.boolean(),
      rearms: fc.record({ machine: used, application: used, product: used }),
      lease: fc.record({ expires: endsOf(fc, times), granted: times }),
      hardwareChanged: times,
      nonGenuine: times,
      extendedUntil: times,
      firstActivated: times,
    },
    { requiredKeys: ['key', 'graceBegan', 'ephemeral', 'rearms'] },
  )
}

function eventsOf(fc: FastCheck, times: Arbitrary<Instant>): Arbitrary<LicenseEvent> {
  const key = fc.constantFrom('volume', 'mak', 'evaluation')
  const level = fc.constantFrom('machine', 'application', 'product')
  const plain = ['key-removed', 'released', 'hardware-changed', 'hardware-accepted'] as const
  return fc.oneof(
    fc.record({ kind: fc.constantFrom('key-installed', 'edition-changed'), key }),
    fc.record({ kind: fc.constant('activated'), expires: endsOf(fc, times), granted: times }),
    fc.record({ kind: fc.constantFrom(...plain, 'found-non-genuine', 'found-genuine') }),
    fc.record({ kind: fc.constant('rearmed'), level }),
    fc.record({ kind: fc.constant('extended'), until: times }),
    fc.record({ kind: fc.constant('grace-told'), began: times }),
  )
}

function endsOf(fc: FastCheck, times: Arbitrary<Instant>): Arbitrary<Instant | 'never'> {
  return fc.oneof({ weight: 5, arbitrary: times }, { weight: 1, arbitrary: fc.constant('never') })
}
