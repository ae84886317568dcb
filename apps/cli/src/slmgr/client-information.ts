import type { HostSettingsReport } from '@volact/client/hosts/host-settings-report'
import type { ClientStatus } from '@volact/client/open-client'
import { type Instant, toIso } from '@volact/core/time'
import { expirySentence, type License, licenseLines, stateWords } from './license-lines.ts'

/** What the old commands show of one product of a machine. */
export interface ProductView {
  readonly status: ClientStatus
  readonly settings: HostSettingsReport
  readonly now: Instant
}

/** Writes `/dli`: the state, and where it comes from. */
export function shortInformation(view: ProductView): string {
  return [
    ...nameLines(view),
    ...keyLines(view),
    ...licenseLines(licenseOf(view), view.now),
    '',
    ...clientBlock(view),
  ].join('\n')
}

/** Writes `/dlv`: everything. */
export function fullInformation(view: ProductView): string {
  return [
    ...nameLines(view),
    ...identityLines(view),
    ...keyLines(view),
    ...licenseLines(licenseOf(view), view.now),
    ...evaluationLines(view),
    ...rearmLines(view),
    `Trusted time: ${toIso(view.now)}`,
    `Configured Activation Type: ${activationTypeOf(view)}`,
    '',
    ...clientBlock(view),
  ].join('\n')
}

/** Writes `/xpr`. */
export function expiryInformation(view: ProductView): string {
  return [`${titleOf(view)}:`, `    ${expirySentence(licenseOf(view))}`].join('\n')
}

/** Names a product as its vendor sells it. */
export function titleOf({ status: { product } }: ProductView): string {
  return product === undefined ? 'no product key is installed' : `${product.name}, ${product.edition} edition`
}

/** Says whose product it is and how it is sold. */
export function channelOf({ status: { product, vendor } }: ProductView): string {
  return `${vendor?.name ?? ''} ${product?.name ?? ''}, ${channels(product?.channel ?? '').long} channel`
}

function nameLines(view: ProductView): readonly string[] {
  const lines = [`Name: ${titleOf(view)}`]
  return view.status.product === undefined ? lines : [...lines, `Description: ${channelOf(view)}`]
}

function identityLines({ status: { product, application, logId, leaseIndex } }: ProductView): readonly string[] {
  return [
    ...(product === undefined ? [] : [`Activation ID: ${product.activationId}`]),
    ...(application === undefined ? [] : [`Application ID: ${application.id}`]),
    ...(logId === undefined || leaseIndex === undefined ? [] : [`Extended PID: ${logId}-${leaseIndex}`]),
    ...(product === undefined ? [] : [`Product Key Channel: ${channels(product.channel).short}`]),
  ]
}

function keyLines({ status: { product } }: ProductView): readonly string[] {
  return product === undefined ? [] : [`Partial Product Key: ${product.lastFive}`]
}

function evaluationLines({ status: { key, expires } }: ProductView): readonly string[] {
  return key !== 'evaluation' || expires === undefined ? [] : [`Evaluation End Date: ${toIso(expires)}`]
}

/** What is left at each level. */
function rearmLines({ status: { application, rearms } }: ProductView): readonly string[] {
  if (rearms === undefined) return []
  return [
    `Remaining ${application?.name ?? 'machine'} rearm count: ${rearms.machine}`,
    `Remaining App rearm count: ${rearms.application}`,
    `Remaining SKU rearm count: ${rearms.product}`,
  ]
}

function clientBlock(view: ProductView): readonly string[] {
  const { status, settings } = view
  const { machineId, logId, activationMinutes, renewalMinutes } = status
  const lines = [
    `Client Machine ID (CMID): ${machineId}`,
    hostLine(view),
    ...domainLines(view),
    ...(logId === undefined ? [] : [`KMS machine extended PID: ${logId}`]),
    ...(activationMinutes === undefined ? [] : [`Activation interval: ${activationMinutes} minutes`]),
    ...(renewalMinutes === undefined ? [] : [`Renewal interval: ${renewalMinutes} minutes`]),
    `KMS host caching is ${settings.caching ? 'enabled' : 'disabled'}`,
    ...ownLines(status),
  ]
  return ['Most recent activation information:', 'Key Management Service client information', ...lines.map(indented)]
}

/** What the old commands never knew, after all that they did. */
function ownLines({ count, threshold, leaseIndex, nextAttempt, features, upcoming }: ClientStatus): readonly string[] {
  return [
    ...(count === undefined ? [] : [`Count: ${count} when the license was granted`]),
    ...(threshold === undefined ? [] : [`Threshold: ${threshold}`]),
    ...(leaseIndex === undefined ? [] : [`Ledger entry: ${leaseIndex}`]),
    ...(features.length === 0 ? [] : [`Features: ${features.join(', ')}`]),
    ...(nextAttempt === undefined ? [] : [`Next attempt: ${toIso(nextAttempt)}`]),
    ...(upcoming === undefined ? [] : [`Next state: ${stateWords[upcoming.state]} from ${toIso(upcoming.at)}`]),
  ]
}

/** Says which host is asked, and who named it. */
export function hostLine({
  status: { host, foundHost },
}: {
  readonly status: Pick<ClientStatus, 'host' | 'foundHost'>
}): string {
  if (host !== undefined) return `Registered KMS machine name: ${host}`
  return foundHost === undefined
    ? 'DNS auto-discovery: KMS name not available'
    : `KMS machine name from DNS: ${foundHost}`
}

function domainLines({ status: { domain } }: ProductView): readonly string[] {
  return domain === undefined ? [] : [`Registered KMS lookup domain: ${domain}`]
}

/** Names the way of activation that is set. */
export function activationTypeOf({ status: { activationType } }: ProductView): string {
  const names = { any: 'All', directory: 'AD', host: 'KMS', token: 'Token' } as const
  return names[activationType ?? 'any']
}

function licenseOf({ status: { state, reason, expires } }: ProductView): License {
  return { state, reason, until: expires }
}

function channels(channel: string): { readonly long: string; readonly short: string } {
  if (channel === 'volume') return { long: 'VOLUME_KMSCLIENT', short: 'Volume:GVLK' }
  return { long: channel.toUpperCase(), short: channel.charAt(0).toUpperCase() + channel.slice(1) }
}

function indented(line: string): string {
  return `    ${line}`
}
