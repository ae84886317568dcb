import type { ErrorCode } from '@volact/core/errors/table'
import type { Duration } from '@volact/core/time'
import type { DnsDesk } from '../dns/desk.ts'
import type { HostFigures } from '../host-figures.ts'
import { remember } from '../network/remember.ts'
import type { ServedVendors } from '../served-vendors.ts'
import { doorMetrics } from './door-metrics.ts'
import type { Family, HistogramFamily } from './exposition.ts'
import { type MeasuredVendor, sizeMetrics } from './size-metrics.ts'
import { slackMetrics } from './slack-metrics.ts'
import { dnsMetrics, trafficMetrics } from './traffic-metrics.ts'
import { gauge } from './vendor-metrics.ts'

/** What of a running host is measured. */
export interface MeasuredHost {
  readonly elapsed: () => Duration
  readonly figures: () => HostFigures
  /** How often each code was the answer, by the time that it is looked at. */
  readonly refusals: ReadonlyMap<ErrorCode, number>
  readonly vendors: ServedVendors
  readonly dns: DnsDesk
  /** The file of the index. */
  readonly index: string
}

/** The numbers of a running host's parts, beside those of its process and of what it has counted. */
export function hostMetrics(host: MeasuredHost): () => readonly (Family | HistogramFamily)[] {
  const { figures, refusals, vendors, dns } = host
  const sizes = sizesOf(host)
  return () => {
    const measured = figures()
    return [
      ...trafficMetrics(measured, refusals),
      ...slackMetrics(vendors.opened),
      ...sizes(),
      ...doorMetrics(vendors.door.figures()),
      ...dnsMetrics(dns.figures()),
      gauge('index_behind_entries', 'Entries that are not in the index yet', [{ value: measured.indexBehind }]),
    ]
  }
}

/** Many files after years: once a minute is enough. */
function sizesOf({ elapsed, vendors, index }: MeasuredHost): () => readonly Family[] {
  const minute = (): string => String(Math.floor(elapsed() / 60))
  const opened = (): readonly MeasuredVendor[] => vendors.opened.map(({ vendor }) => vendor)
  return remember(minute, () => sizeMetrics(opened(), index))
}
