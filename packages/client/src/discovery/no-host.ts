import { ActivationError, type Attempt } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import type { SearchedZone } from './discovery-report.ts'

/** Nothing to look in: no question was asked. */
export function noZone(zones: readonly SearchedZone[]): ActivationError {
  const ignored = zones.map(({ name, ignored: why = '' }) => `${name}: ${why}`)
  const message =
    'no host is set, and this machine has no domain in which one could be looked for' +
    (ignored.length === 0 ? '' : ` (${ignored.join('; ')})`)
  return new ActivationError('DNS_NO_SUFFIX', message)
}

/** Names were looked up, and none gave a host to ask. */
export function nothingPublished(zones: readonly SearchedZone[], attempts: readonly Attempt[]): ActivationError {
  const names = zones.filter(({ ignored }) => ignored === undefined).map(({ name }) => name)
  const code = worst(attempts)
  return new ActivationError(code, `${beginnings[code] ?? ''}no activation host was found in ${names.join(', ')}`, {
    attempts,
  })
}

/** Hosts were asked, and none of them gave a lease. */
export function noneAnswered(product: string, hosts: number, attempts: readonly Attempt[]): ActivationError {
  const reasons = attempts.map(({ target, message }) => `${target}: ${message}`).join('; ')
  const who = hosts === 1 ? 'the one host that was found' : `none of the ${String(hosts)} hosts that were found`
  const did = hosts === 1 ? 'did not activate' : 'activated'
  return new ActivationError('NO_HOST_ANSWERED', `${who} ${did} ${product} (${reasons})`, { attempts })
}

/** What was nearest to a host: one that is not asked; else a server that failed may have hidden everything. */
const order = [
  ...(['HOST_NOT_TRUSTED', 'DNS_NOT_CONFIGURED', 'DNS_SERVER_FAILED'] as const),
  ...(['DNS_NO_RECORDS', 'DNS_NAME_MISSING'] as const),
] as const

function worst(attempts: readonly Attempt[]): ErrorCode {
  return order.find((wanted) => attempts.some(({ code }) => code === wanted)) ?? 'DNS_NO_RECORDS'
}

const beginnings: Partial<Record<ErrorCode, string>> = {
  DNS_NOT_CONFIGURED: 'there is no DNS server, so ',
  DNS_SERVER_FAILED: 'DNS does not answer, so ',
  HOST_NOT_TRUSTED: 'what DNS names is not asked, so ',
}
