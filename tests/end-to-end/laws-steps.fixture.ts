import fc from 'fast-check'
import { days, type Duration, hours, minutes } from '@volact/core/time'
import type { RearmLevel } from '@volact/core/licensing/license-record'
import type { Network } from './laws-world.fixture.ts'

/** Where a clock may have gone. */
export type ClockFault = '1970' | '2106' | Duration

/** One thing that happens to a machine, or to all. Numbers choose among what is there. */
export type Step =
  | { readonly kind: 'wait'; readonly seconds: Duration; readonly how: 'awake' | 'asleep' }
  | { readonly kind: 'live'; readonly seconds: Duration }
  | { readonly kind: 'clock'; readonly fault: ClockFault }
  | { readonly kind: 'network'; readonly network: Network }
  | { readonly kind: 'host-restarts' }
  | { readonly kind: 'others'; readonly areThere: boolean }
  | { readonly kind: 'activate'; readonly which: number }
  | { readonly kind: 'install'; readonly what: Edition }
  | { readonly kind: 'remove-key'; readonly which: number }
  | { readonly kind: 'release'; readonly which: number }
  | { readonly kind: 'rearm'; readonly level: RearmLevel; readonly which: number }
  | { readonly kind: 'new-part'; readonly place: number }
  | { readonly kind: 'new-board' }
  | { readonly kind: 'old-hardware' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'save' | 'restore' | 'reopen' | 'generalize' }
  | { readonly kind: 'damage'; readonly files: readonly number[]; readonly how: 'zeroed' | 'cut' }
  | { readonly kind: 'heal'; readonly by: 'hand' | 'itself' }

/** What can be installed: two editions of the desktop product, and the server product. */
export type Edition = 'desktop' | 'professional' | 'server'

/** A step, and a number that chooses the machine that it happens to. */
export interface Happening {
  readonly step: Step
  readonly whose: number
}

/** How a machine begins, and what happens to it and its copies. */
export interface History {
  /** Whether it is activated before anything else happens. */
  readonly beginsLicensed: boolean
  readonly isVirtual: boolean
  readonly clock: ClockFault
  readonly products: readonly Edition[]
  readonly happenings: readonly Happening[]
}

const which = fc.nat(7)

/** Minutes, hours, days, about the length of a lease, or more than a year. */
const durations = fc.oneof(
  fc.integer({ min: minutes(1), max: hours(3) }),
  fc.integer({ min: hours(3), max: days(10) }),
  fc.integer({ min: days(10), max: days(60) }),
  fc.integer({ min: days(175), max: days(205) }),
  fc.integer({ min: days(60), max: days(400) }),
)

const faults: fc.Arbitrary<ClockFault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constantFrom<ClockFault>('1970', '2106') },
  { weight: 2, arbitrary: durations.chain((far) => fc.constantFrom(far, -far)) },
  { weight: 1, arbitrary: fc.constantFrom(days(3_000), -days(3_000)) },
)

const whole = <K extends Step['kind']>(kind: K): { readonly kind: fc.Arbitrary<K> } => ({ kind: fc.constant(kind) })

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ ...whole('wait'), seconds: durations, how: fc.constantFrom('awake', 'asleep') }),
  },
  { weight: 4, arbitrary: fc.record({ ...whole('live'), seconds: fc.integer({ min: minutes(5), max: hours(6) }) }) },
  { weight: 5, arbitrary: fc.record({ ...whole('clock'), fault: faults }) },
  {
    weight: 4,
    arbitrary: fc.record({ ...whole('network'), network: fc.constantFrom('good', 'no-host', 'answers-lost') }),
  },
  { weight: 1, arbitrary: fc.record(whole('host-restarts')) },
  { weight: 3, arbitrary: fc.record({ ...whole('others'), areThere: fc.boolean() }) },
  { weight: 18, arbitrary: fc.record({ ...whole('activate'), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ ...whole('install'), what: fc.constantFrom('desktop', 'professional', 'server') }),
  },
  { weight: 1, arbitrary: fc.record({ ...whole('remove-key'), which }) },
  { weight: 2, arbitrary: fc.record({ ...whole('release'), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ ...whole('rearm'), level: fc.constantFrom('machine', 'application', 'product'), which }),
  },
  { weight: 3, arbitrary: fc.record({ ...whole('new-part'), place: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record(whole('new-board')) },
  { weight: 1, arbitrary: fc.record(whole('old-hardware')) },
  { weight: 2, arbitrary: fc.record(whole('copy')) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('save', 'restore', 'reopen') }) },
  { weight: 1, arbitrary: fc.record(whole('generalize')) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...whole('damage'),
      files: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
      how: fc.constantFrom('zeroed', 'cut'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ ...whole('heal'), by: fc.constantFrom('hand', 'itself') }) },
)

/** Any history. */
export const histories: fc.Arbitrary<History> = fc.record({
  beginsLicensed: fc.boolean(),
  isVirtual: fc.boolean(),
  clock: faults,
  products: fc.constantFrom<readonly Edition[]>(['desktop'], ['desktop', 'server'], ['server', 'professional']),
  happenings: fc.array(fc.record({ step: steps, whose: which }), { minLength: 1, maxLength: 50, size: 'max' }),
})
