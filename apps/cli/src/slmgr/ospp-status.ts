import { describeError, formatErrorNumber } from '@volact/core/errors/table'
import type { LicenseStateName } from '@volact/core/licensing/license-state'
import { activationTypeOf, channelOf, hostLine, type ProductView, titleOf } from './client-information.ts'
import { minutesLeft } from './license-lines.ts'

const statusWords: Readonly<Record<LicenseStateName, string>> = {
  unlicensed: '---UNLICENSED---',
  licensed: '---LICENSED---',
  'initial-grace': '---OOB_GRACE---',
  'out-of-tolerance-grace': '---OOT_GRACE---',
  'non-genuine-grace': '---NON_GENUINE_GRACE---',
  notification: '---NOTIFICATIONS---',
  'extended-grace': '---EXTENDED_GRACE---',
}

const rule = '-'.repeat(39)

/** Frames the products of `/dstatus`. */
export function osppStatusPage(products: string): string {
  return [
    '---Processing--------------------------',
    rule,
    products,
    rule,
    '---Exiting-----------------------------',
  ].join('\n')
}

/** Writes what `/dstatus` shows of a product. */
export function osppStatus(view: ProductView): string {
  const { product, state } = view.status
  if (product === undefined) return '<No installed product keys detected>'
  return [
    ...pidLines(view),
    `SKU ID: ${product.activationId}`,
    `LICENSE NAME: ${titleOf(view)}`,
    `LICENSE DESCRIPTION: ${channelOf(view)}`,
    `LICENSE STATUS:  ${statusWords[state]}`,
    ...errorLines(view),
    ...graceLines(view),
    `Last 5 characters of installed product key: ${product.lastFive}`,
    `Activation Type Configuration: ${activationTypeOf(view).toUpperCase()}`,
    ...hostLines(view).map((line) => `    ${line}`),
  ].join('\n')
}

function pidLines({ status: { logId, leaseIndex } }: ProductView): readonly string[] {
  return logId === undefined || leaseIndex === undefined ? [] : [`PRODUCT ID: ${logId}-${leaseIndex}`]
}

function errorLines({ status: { reason } }: ProductView): readonly string[] {
  const row = reason === undefined ? undefined : describeError(reason)
  if (row === undefined) return []
  return [`ERROR CODE: ${formatErrorNumber(row.number)}`, `ERROR DESCRIPTION: ${row.meaning}`]
}

function graceLines({ status: { expires }, now }: ProductView): readonly string[] {
  if (expires === undefined) return []
  const minutes = minutesLeft(expires, now)
  return [`REMAINING GRACE: ${Math.ceil(minutes / 1_440)} days  (${minutes} minute(s) before expiring)`]
}

function hostLines(view: ProductView): readonly string[] {
  const { status, settings } = view
  const { machineId, activationMinutes, renewalMinutes, count, threshold } = status
  return [
    hostLine(view),
    ...(activationMinutes === undefined ? [] : [`Activation Interval: ${activationMinutes} minutes`]),
    ...(renewalMinutes === undefined ? [] : [`Renewal Interval: ${renewalMinutes} minutes`]),
    `KMS host caching: ${settings.caching ? 'Enabled' : 'Disabled'}`,
    `Client Machine ID (CMID): ${machineId}`,
    ...(count === undefined ? [] : [`Count: ${count} when the license was granted`]),
    ...(threshold === undefined ? [] : [`Threshold: ${threshold}`]),
  ]
}
