import type { ErrorCode } from '@volact/core/errors/table'
import type { DnsFigures } from '../dns/desk.ts'
import type { HostFigures } from '../host-figures.ts'
import type { Distribution, Family, HistogramFamily, Sample } from './exposition.ts'
import { counter, gauge } from './vendor-metrics.ts'

/** The numbers of what comes in and how it is worked on. */
export function trafficMetrics(
  { vendors, connections, turnedAway, waitingBytes, unverified, drainSeconds, verification }: HostFigures,
  refusals: ReadonlyMap<ErrorCode, number>,
): readonly (Family | HistogramFamily)[] {
  type VendorFigures = (typeof vendors)[number]
  const each = (value: (figures: VendorFigures) => number): readonly Sample[] =>
    vendors.map((figures) => ({ labels: { vendor: figures.vendor }, value: value(figures) }))
  const way = (name: string, value: (figures: VendorFigures) => number): readonly Sample[] =>
    vendors.map((figures) => ({ labels: { vendor: figures.vendor, way: name }, value: value(figures) }))
  const distribution = (name: string, help: string, of: (figures: VendorFigures) => Distribution): HistogramFamily => ({
    ...{ name, help, type: 'histogram' },
    series: vendors.map((figures) => ({ labels: { vendor: figures.vendor }, of: of(figures) })),
  })
  return [
    counter('requests_total', 'Requests that were worked on, by the way they went', [
      ...way('fast', ({ fast }) => fast),
      ...way('slow', ({ slow }) => slow),
    ]),
    counter(
      'fast_declined_total',
      'Requests that the fast way has left to the slow one',
      each((one) => one.declined),
    ),
    counter(
      'refusals_total',
      'Refused requests by code',
      [...refusals].map(([code, value]) => ({ labels: { code }, value })),
    ),
    counter(
      'disputed_total',
      'Grants whose signature turned out to be bad',
      each(({ disputed }) => disputed),
    ),
    counter(
      'record_failures_total',
      'Batches that could not be recorded',
      each(({ batches }) => batches.failures),
    ),
    distribution('batch_entries', 'Entries in a batch', ({ batches }) => batches.sizes),
    distribution('sync_seconds', 'How long it took to make a batch durable', ({ batches }) => batches.syncs),
    distribution('sign_seconds', 'How long it took to sign a tree head', ({ batches }) => batches.signatures),
    gauge(
      'batch_waiting',
      'Requests that wait for the next batch',
      each(({ batches }) => batches.waiting),
    ),
    gauge('unverified_grants', 'Grants whose signature is not verified yet', [{ value: unverified }]),
    gauge('drain_seconds', 'How long it takes to verify them, if nobody asked any more', [{ value: drainSeconds }]),
    gauge('verification_waiting', 'Requests that wait for their signature to be verified', [
      { labels: { who: 'known' }, value: verification.known },
      { labels: { who: 'strangers' }, value: verification.strangers },
    ]),
    counter('verified_total', 'Signatures that were verified', [{ value: verification.verified }]),
    gauge('connections', 'Open connections to the activation port', [{ value: connections }]),
    counter('connections_turned_away_total', 'Connections that were closed at once, or to make room', [
      { value: turnedAway },
    ]),
    gauge('waiting_bytes', 'Bytes of requests that wait and of answers that are not taken', [{ value: waitingBytes }]),
  ]
}

/** The numbers of publishing in DNS. */
export function dnsMetrics({ zones, failing, lastSuccess }: DnsFigures): readonly Family[] {
  if (zones === 0) return []
  return [
    gauge('dns_zones', 'Zones in which the host is to be published', [{ value: zones }]),
    gauge('dns_zones_failing', 'Zones in which the last attempt failed', [{ value: failing }]),
    gauge('dns_success_timestamp_seconds', 'The oldest last success of a zone; 0 before the first', [
      { value: lastSuccess },
    ]),
  ]
}
