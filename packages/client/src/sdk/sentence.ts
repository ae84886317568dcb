import type { StateEnforcement } from '@volact/core/licensing/license-state'
import type { LicenseStateName } from '@volact/core/licensing/license-states'
import { type Instant, toIso } from '@volact/core/time'
import type { ClientStatus } from '../status.ts'

/** Says in one sentence where a product stands and what comes next. It changes only when the license does. */
export function licenseSentence(status: ClientStatus): string {
  const { state, product, nextAttempt } = status
  const name = product?.name ?? 'This product'
  const next = nextAttempt === undefined ? '' : timeOf(nextAttempt)
  if (state === 'licensed') return `${standing(name, status)}${next && `; it is renewed on ${next}`}.`
  return `${standing(name, status)}${consequence(status)}${failure(status)}${next && `; the next try is on ${next}`}.`
}

function standing(name: string, { state, expires }: ClientStatus): string {
  return `${name} ${phrases[state]}${expires === undefined ? '' : ` until ${timeOf(expires)}`}`
}

const phrases: Readonly<Record<LicenseStateName, string>> = {
  unlicensed: 'has no product key',
  licensed: 'is licensed',
  'initial-grace': 'is not activated yet and has time for it',
  'out-of-tolerance-grace': 'needs a new license for this machine and has time to get it',
  'non-genuine-grace': 'has a license that its vendor no longer accepts, which may be set right',
  notification: 'is not licensed',
  'extended-grace': 'is not activated and has got more time for it',
}

/** What holds now; where that is no loss, what will. */
function consequence({ enforcement, upcoming }: ClientStatus): string {
  const now = consequences[enforcement]
  if (now !== undefined) return ` and ${now}`
  const then = upcoming && consequences[upcoming.enforcement]
  return then === undefined ? '' : `; after that it ${then}`
}

const consequences: Readonly<Partial<Record<StateEnforcement, string>>> = {
  limit: 'works with limits',
  stop: 'does not work',
}

function failure({ lastAttempt }: ClientStatus): string {
  if (lastAttempt === undefined || lastAttempt.outcome === 'granted') return ''
  const { outcome, code } = lastAttempt
  const how = outcome === 'refused' ? 'the activation host has said no' : 'no activation host could help'
  return `; ${how}${code === undefined ? '' : ` (${code})`}`
}

/** As `2026-11-21 07:01 UTC`. */
function timeOf(time: Instant): string {
  return `${toIso(time).slice(0, 16).replace('T', ' ')} UTC`
}
