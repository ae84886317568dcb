import type { ApplicationStatus, VendorStatus } from '../status.ts'
import type { Family, Sample } from './exposition.ts'

/** The numbers of what a host is and has counted, one sample for each vendor, application or family. */
export function vendorMetrics(vendors: readonly VendorStatus[], lowCount: number | undefined): readonly Family[] {
  const each = (value: (status: VendorStatus) => number | undefined): readonly Sample[] =>
    vendors.flatMap((status) => sample({ vendor: status.vendor?.id ?? '' }, value(status)))
  return [
    gauge('licensed', '1 while the host is activated with the vendor, 0 while not', each(isLicensed)),
    gauge(
      'halted',
      '1 while the host grants nothing because its ledger contradicts what it has signed',
      each(isHalted),
    ),
    gauge(
      'clock_believed',
      '1 while the host believes its clock; it grants nothing while it does not',
      each(isClockGood),
    ),
    gauge(
      'certificate_end_timestamp_seconds',
      'When the certificate chain of the host ends',
      each((one) => one.notAfter),
    ),
    gauge(
      'certificate_renewal_timestamp_seconds',
      'From when on the certificate of the host is renewed',
      each((one) => one.renewalFrom),
    ),
    gauge(
      'hardware_end_timestamp_seconds',
      'Until when the host serves on other hardware than was certified',
      each((one) => one.hardwareEnd),
    ),
    gauge(
      'spare_end_timestamp_seconds',
      'Until when a spare that is in use serves without being confirmed',
      each((one) => one.spare?.until),
    ),
    gauge(
      'machines',
      'Machines ever seen',
      each(({ machines }) => machines),
    ),
    gauge(
      'rollout_expected_machines',
      'Machines of the roll-out that was announced, while it lasts',
      each(({ rollout }) => rollout?.expected),
    ),
    gauge(
      'rollout_taken_in_machines',
      'Machines that have come since it was announced',
      each(({ rollout }) => rollout?.takenIn),
    ),
    gauge(
      'ledger_entries',
      'Entries in the ledger',
      each(({ ledger }) => ledger?.size),
    ),
    counter(
      'forks_total',
      'Second branches that a license has shown',
      each(({ forks }) => forks),
    ),
    counter(
      'twins_total',
      'Machines that were told they are twins',
      each(({ twins }) => twins),
    ),
    gauge(
      'ephemeral_live',
      'Ephemeral machines with a live lease',
      each(({ ephemeral }) => ephemeral.live),
    ),
    gauge(
      'ephemeral_peak',
      'The most ephemeral machines that ever were live at once',
      each((one) => one.ephemeral.peak),
    ),
    ...applicationMetrics(vendors, lowCount),
  ]
}

function applicationMetrics(vendors: readonly VendorStatus[], lowCount: number | undefined): readonly Family[] {
  const each = (value: (application: ApplicationStatus) => number): readonly Sample[] =>
    vendors.flatMap(({ vendor, applications }) =>
      applications.map((one) => ({ labels: { vendor: vendor?.id ?? '', application: one.name }, value: value(one) })),
    )
  const thresholds = vendors.flatMap(({ vendor, applications }) =>
    applications.flatMap(({ name, families }) =>
      families.map((family) => ({
        labels: { vendor: vendor?.id ?? '', application: name, family: family.slug },
        value: family.threshold,
      })),
    ),
  )
  return [
    gauge(
      'counted_machines',
      'Machines that count at present',
      each(({ count }) => count),
    ),
    gauge(
      'reported_machines',
      'The count as clients are told it, capped',
      each(({ reportedCount }) => reportedCount),
    ),
    gauge(
      'weak_machines',
      'Machines of which too little hardware can be read, counted or not',
      each(({ weak }) => weak),
    ),
    gauge('threshold', 'Machines that products of a family need', thresholds),
    gauge(
      'low_count_limit_machines',
      'The count below which to warn',
      each((one) => lowCount ?? largestThreshold(one)),
    ),
  ]
}

/** The count below which there is something to warn of, where nobody has set one: some product gets nothing. */
export function largestThreshold({ families }: ApplicationStatus): number {
  return Math.max(0, ...families.map(({ threshold }) => threshold))
}

/** A metric that goes up and down. */
export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'gauge', samples }
}

/** A metric that only grows. */
export function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'counter', samples }
}

/** One sample, or none where there is no value. */
export function sample(labels: Readonly<Record<string, string>>, value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [{ labels, value }]
}

function isLicensed({ state }: VendorStatus): number {
  return Number(state === 'licensed')
}

function isHalted({ halted }: VendorStatus): number {
  return Number(halted !== undefined)
}

function isClockGood({ clock }: VendorStatus): number {
  return Number(clock === undefined || clock === 'good')
}
