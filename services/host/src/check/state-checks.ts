import { days, type Instant, toIso } from '@volact/core/time'
import type { HostConfig } from '../config/host-config.ts'
import { largestThreshold } from '../metrics/vendor-metrics.ts'
import type { ApplicationStatus, HostStatus, VendorStatus } from '../status.ts'
import { type HostCheck, ok, problem, warning } from './host-check.ts'

/** When a certificate is to be renewed: offered from 270 days before its end (rule 6), pressing in the last 30. */
const renewal = { offered: days(270), pressing: days(30) }

/** Looks at what a host says of itself: activation, certificate, clock, ledger and counts of each vendor. */
export function stateChecks(status: HostStatus, config: HostConfig, now: Instant): readonly HostCheck[] {
  return [...[status, ...status.others].flatMap((vendor) => vendorChecks(vendor, config, now)), ...index(status)]
}

function vendorChecks(vendor: VendorStatus, config: HostConfig, now: Instant): readonly HostCheck[] {
  return [
    activation(vendor),
    ...(vendor.spare === undefined ? [] : [spare(vendor.spare, now)]),
    ...(vendor.notAfter === undefined ? [] : [certificate(vendor.notAfter, now)]),
    ...(vendor.clock === undefined ? [] : [clock(vendor.clock, now)]),
    ...(vendor.ledger === undefined ? [] : [ok('ledger', `${vendor.ledger.size} entries, root ${vendor.ledger.root}`)]),
    ...vendor.applications.map((application) => count(application, config)),
    ...twins(vendor),
  ]
}

/** Activation goes on without it; lists and history do not. */
function index({ index: status }: HostStatus): readonly HostCheck[] {
  if (status === undefined) return []
  if (status.state === 'good') return [ok('index', `${status.behind} entries behind the ledger`)]
  const says = status.problem ?? `${status.behind} entries behind the ledger`
  return [
    warning(
      'index',
      says,
      'Activation goes on. The index can be deleted while the host is stopped, and is built anew.',
    ),
  ]
}

function activation({ vendor, state, reason, halted, customer }: VendorStatus): HostCheck {
  const name = vendor?.id ?? 'no vendor'
  if (halted !== undefined)
    return problem(
      'activation',
      `${name}: ${reason}`,
      'docs/recovery.md says what to do; "volact explain" says what it means.',
    )
  if (state === 'licensed')
    return ok(
      'activation',
      `${name}: activated for ${customer === undefined || customer === '' ? 'an unnamed customer' : customer}`,
    )
  return problem('activation', `${name}: ${reason}`, 'Do what the line says.')
}

function spare({ until }: NonNullable<VendorStatus['spare']>, now: Instant): HostCheck {
  const todo = 'Stop the host, run "volact host spare confirm", and start it again.'
  if (now >= until) return problem('spare', `spare in use, not confirmed by ${toIso(until)}: it grants nothing`, todo)
  return warning('spare', `spare in use: it grants until ${toIso(until)} without being confirmed`, todo)
}

function certificate(notAfter: Instant, now: Instant): HostCheck {
  const left = Math.floor((notAfter - now) / days(1))
  const says = `the certificate ends on ${toIso(notAfter)}, in ${left} days`
  if (now >= notAfter)
    return problem('certificate', `the certificate ended on ${toIso(notAfter)}`, 'Run "volact host activate".')
  if (now >= notAfter - renewal.pressing) return problem('certificate', says, 'Renew it now: no lease outlives it.')
  if (now >= notAfter - renewal.offered) return warning('certificate', says, 'Renew it when it suits: it is free.')
  return ok('certificate', says)
}

function clock(state: NonNullable<VendorStatus['clock']>, now: Instant): HostCheck {
  if (state === 'good') return ok('clock', `${toIso(now)}, and the ledger agrees`)
  const todo = 'Set the clock right; if it is right, run "volact host clock accept".'
  return problem('clock', `${toIso(now)} is ${state} of what the ledger says, so nothing is granted`, todo)
}

function count(application: ApplicationStatus, config: HostConfig): HostCheck {
  const needed = config['alerts.low-count'] ?? largestThreshold(application)
  const each = application.families.map(({ name, threshold }) => `${name} needs ${threshold}`).join(', ')
  const says = `${application.name}: ${application.count} machines count; ${each}`
  if (application.count >= needed) return ok('count', says)
  const todo = `Let ${needed - application.count} more machines ask; each counts for 30 days after it was seen last.`
  return warning('count', says, todo)
}

function twins({ twins: told }: VendorStatus): readonly HostCheck[] {
  if (told === 0) return []
  const todo = '"volact host status" names them: prepare images with "volact client generalize" before they are copied.'
  return [warning('twins', `${told} machines were told that another one uses their identity`, todo)]
}
