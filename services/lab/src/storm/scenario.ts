import { days, type Duration, hours, type Instant, minutes } from '@volact/core/time'

/** When things happen in a storm. All of a site's machines have leases, and none can be renewed while their host is away. */
export interface Scenario {
  readonly name: 'host-returns' | 'switched-on' | 'network-returns'
  /** One sentence for a person. */
  readonly story: string
  /** When the host answers again; until then nobody reaches it. */
  readonly hostBack: Instant
  /** From when on all machines are switched off, and the minute in which all are switched on again. */
  readonly off?: { readonly from: Instant; readonly until: Instant }
  /** When all machines see their network change in the same second. */
  readonly networkBack?: Instant
  /** From when on requests are counted, for how long, and in columns of how many seconds they are shown. */
  readonly shown: { readonly from: Instant; readonly length: Duration; readonly step: Duration }
}

/** The hour in which all machines were rolled out; it lies a week, and therefore one renewal, before the storm. */
export const rollOut: Instant = 1_800_000_000
export const rollOutSeconds: Duration = hours(1)

/** The three ways in which an outage ends; each makes as many machines as possible ask at once. */
export function scenarios(outage: Duration): readonly Scenario[] {
  // No renewal comes before a tenth of the week is left.
  const hostBack = rollOut + days(7) - Math.floor(days(7) / 10) + outage
  const morning = hostBack + hours(1)
  return [
    {
      name: 'host-returns',
      story: 'The machines kept running and trying; the host answers again.',
      hostBack,
      shown: { from: hostBack, length: hours(2), step: minutes(5) },
    },
    {
      name: 'switched-on',
      story: 'The machines were off while the host came back; all are switched on in the same minute.',
      hostBack,
      off: { from: hostBack - minutes(1), until: morning },
      shown: { from: morning, length: minutes(2), step: 5 },
    },
    {
      name: 'network-returns',
      story: 'The network of the whole site was down, and all machines see it return in the same second.',
      hostBack,
      networkBack: hostBack,
      shown: { from: hostBack, length: minutes(2), step: 5 },
    },
  ]
}
