import { type Instant, toIso } from '@volact/core/time'
import type { CounterBlock } from '@volact/host/index/read-counters'
import type { ApplicationStatus, VendorStatus } from '@volact/host/status'
import { expirySentence, type License, licenseLines } from './license-lines.ts'

/** What the old commands show of a host, for one of its vendors. */
export interface HostView {
  readonly vendor: VendorStatus
  /** Where it listens, while it runs. */
  readonly address: string | undefined
  readonly hostKey: string | undefined
  readonly priority: 'normal' | 'low'
  /** Whether it publishes itself in DNS: that is set, and a zone is named. */
  readonly isPublishing: boolean
  /** The requests of all applications together; nothing where the index cannot be read. */
  readonly counters: CounterBlock | undefined
  readonly now: Instant
}

/** Writes `/dli` of a host: what it is, and what it has counted. */
export function shortHostInformation(view: HostView): string {
  return [
    ...nameLines(view),
    ...keyLines(view),
    ...licenseLines(licenseOf(view), view.now),
    '',
    ...serviceBlock(view),
  ].join('\n')
}

/** Writes `/dlv` of a host: everything. */
export function fullHostInformation(view: HostView): string {
  const { now, vendor } = view
  return [
    ...nameLines(view),
    ...(vendor.logId === undefined ? [] : [`Extended PID: ${vendor.logId}`]),
    'Product Key Channel: Volume:CSVLK',
    ...keyLines(view),
    ...licenseLines(licenseOf(view), now),
    `Trusted time: ${toIso(now)}`,
    '',
    ...serviceBlock(view),
    ...requestBlock(view),
    ...ownBlock(view),
  ].join('\n')
}

/** Writes `/xpr` of a host. */
export function hostExpiry(view: HostView): string {
  return [`${titleOf(view)}:`, `    ${expirySentence(licenseOf(view))}`].join('\n')
}

function titleOf({ vendor }: HostView): string {
  return vendor.vendor === undefined ? 'activation host' : `${vendor.vendor.name}, activation host`
}

function nameLines(view: HostView): readonly string[] {
  return [`Name: ${titleOf(view)}`, `Description: ${view.vendor.vendor?.name ?? 'no vendor yet'}, VOLUME_KMS channel`]
}

function keyLines({ hostKey }: HostView): readonly string[] {
  return hostKey === undefined ? [] : [`Partial Product Key: ${hostKey}`]
}

/** By the clock of who looks, which a host that was off for years does not believe yet (rule 43). */
function licenseOf({ vendor: { state, notAfter }, now }: HostView): License {
  const isOver = notAfter !== undefined && now >= notAfter
  return state === 'licensed' && !isOver ? { state, until: notAfter } : { state: 'unlicensed', until: undefined }
}

/** One for each application: each has a count of its own. */
function serviceBlock(view: HostView): readonly string[] {
  const { vendor } = view
  if (vendor.state !== 'licensed') return [`Key Management Service is not activated on this machine: ${vendor.reason}`]
  return vendor.applications.flatMap((application) => [
    'Key Management Service is enabled on this machine',
    ...[...knownLines(application, view), ...applicationLines(application)].map(indented),
  ])
}

function knownLines({ reportedCount }: ApplicationStatus, view: HostView): readonly string[] {
  const { address, priority, isPublishing } = view
  const port = address?.replace(/^.*:/, '') ?? 'none, the host is not running'
  const publishing = `DNS publishing ${isPublishing ? 'enabled' : 'disabled'}`
  const count = `Current count: ${reportedCount}`
  return [count, `Listening on Port: ${port}`, publishing, `KMS priority: ${priority === 'low' ? 'Low' : 'Normal'}`]
}

function applicationLines({ id, name, count, weak, families }: ApplicationStatus): readonly string[] {
  return [
    `Application: ${name} (${id})`,
    `True count: ${count}${weak === 0 ? '' : `, and ${weak} weak machines`}`,
    `Thresholds: ${families.map((family) => `${family.name} ${family.threshold}`).join(', ')}`,
  ]
}

type Counter = Exclude<keyof CounterBlock, 'vendor' | 'application'>

const counterLines: readonly (readonly [name: string, of: Counter])[] = [
  ['Total requests received', 'total'],
  ['Failed requests received', 'failed'],
  ['Requests with License Status Unlicensed', 'unlicensed'],
  ['Requests with License Status Licensed', 'licensed'],
  ['Requests with License Status Initial grace period', 'oobGrace'],
  ['Requests with License Status License expired or Hardware out of tolerance', 'ootGrace'],
  ['Requests with License Status Non-genuine grace period', 'nonGenuineGrace'],
  ['Requests with License Status Notification', 'notification'],
]

/** Where the index cannot be read nobody knows them; a 0 would be a lie. */
function requestBlock({ vendor, counters }: HostView): readonly string[] {
  if (vendor.state !== 'licensed') return []
  const lines = counterLines.map(([name, of]) => `${name}: ${counters?.[of] ?? 'not known'}`)
  return ['', 'Key Management Service cumulative requests received from clients', ...lines.map(indented)]
}

function indented(line: string): string {
  return `    ${line}`
}

/** What the old commands never knew. */
function ownBlock({ vendor }: HostView): readonly string[] {
  const { reason, customer, machines, ledger, served } = vendor
  const lines = [
    `State: ${reason}`,
    ...(customer === undefined ? [] : [`Customer: ${customer}`]),
    `Machines ever seen: ${machines}`,
    ...(ledger === undefined ? [] : [`Ledger: ${ledger.size} entries, root ${ledger.root}`]),
    ...served.map(({ name, generation }) => `Serves: ${name} up to generation ${generation}`),
  ]
  return ['', 'What else is known of this host', ...lines.map(indented)]
}
