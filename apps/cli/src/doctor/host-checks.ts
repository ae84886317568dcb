import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { licenseStates, type LicenseStateName } from '@volact/core/licensing/license-state'
import { hours, type Instant, minutes, toIso } from '@volact/core/time'
import type { HostInformationMessage } from '@volact/core/wire/host-information'
import type { Check, Finding } from './check.ts'
import type { WantedProduct } from './evidence.ts'
import { type OurHost, overHosts } from './network-checks.ts'
import { remedyOf } from './remedy.ts'

/** Whether the hosts are activated, and serve the product. */
export function checkHost(hosts: readonly OurHost[], wanted: WantedProduct | undefined): Check {
  return overHosts('host', hosts, noHost, ({ host, information }) => {
    const served = `vendor ${information.vendor || 'unknown'}, ${groupsText(information)}`
    if (!isServing(information)) {
      const text = `${host}: not activated (${stateName(information.state)}); ${served}`
      const advice = `Run "volact host activate" on ${host}.`
      return { verdict: 'problem', text, code: 'HOST_NOT_ACTIVATED', advice }
    }
    return servingFinding(host, served, information, wanted)
  })
}

/** Whether enough machines have asked. */
export function checkCount(hosts: readonly OurHost[], wanted: WantedProduct | undefined): Check {
  const serving = hosts.filter(({ information }) => isServing(information))
  return overHosts('count', serving, 'no activated host answers', ({ host, information }) => {
    if (wanted === undefined) return { verdict: 'ok', text: `${host}: ${countsText(information)}` }
    return countFinding(host, countOf(information, wanted), wanted)
  })
}

/** How far the clocks are apart. The time of a host is not signed here, so it is only shown (rule 42). */
export function checkClock(hosts: readonly OurHost[]): Check {
  return overHosts('clock', hosts, noHost, ({ host, information: { time }, at }) => {
    const skew = time - at
    const text = `${host}: ${skewText(skew)}`
    const advice = `Compare both clocks with the right time and set the wrong one: ${host} says ${toIso(time)}, this machine ${toIso(at)}.`
    if (Math.abs(skew) > hours(4)) return { verdict: 'problem', text, code: 'CLOCK_SKEW', advice }
    return Math.abs(skew) > minutes(5) ? { verdict: 'warning', text, advice } : { verdict: 'ok', text }
  })
}

const noHost = 'no Volact host answers'

/** A host whose hardware has changed goes on serving for its grace (rule 36). */
function isServing({ state }: HostInformationMessage): boolean {
  return state === licenseStates.licensed.number || state === licenseStates['out-of-tolerance-grace'].number
}

function stateName(state: number): string {
  const names = Object.keys(licenseStates) as LicenseStateName[]
  return names.find((name) => licenseStates[name].number === state) ?? String(state)
}

function servingFinding(
  host: string,
  served: string,
  information: HostInformationMessage,
  wanted: WantedProduct | undefined,
): Finding {
  const text = `${host}: activated; ${served}`
  const { spareUntil, time } = information
  const good: Finding = spareUntil === undefined ? { verdict: 'ok', text } : spareFinding(host, text, spareUntil, time)
  if (wanted === undefined) return good
  const needs = `${wanted.name} needs group ${String(wanted.group)}, generation ${String(wanted.generation)}`
  if (information.vendor !== wanted.vendor) {
    const advice = `Ask whoever runs ${host} whether it serves ${wanted.vendor}: it tells only of its first vendor.`
    return { verdict: 'warning', text: `${text}; ${needs} of the vendor ${wanted.vendor}`, advice }
  }
  if (serves(information, wanted)) return { ...good, text: `${good.text}; ${needs}` }
  const advice = remedyOf('PRODUCT_NOT_SERVED')
  return { verdict: 'problem', text: `${text}; but ${needs}`, code: 'PRODUCT_NOT_SERVED', advice }
}

/** It serves like any other; but only for a while (rule 47). */
function spareFinding(host: string, text: string, until: Instant, now: Instant): Finding {
  const advice = `Run "volact host spare confirm" on ${host}, while it is stopped for the moment.`
  if (now < until) return { verdict: 'warning', text: `${text}; spare in use until ${toIso(until)}`, advice }
  const over = `${text}; spare in use, not confirmed by ${toIso(until)}: it grants nothing`
  return { verdict: 'problem', text: over, code: 'SPARE_NOT_CONFIRMED', advice }
}

function serves({ groups }: HostInformationMessage, { group, generation }: WantedProduct): boolean {
  return groups.some((served) => served.group === group && generation <= served.generation)
}

function groupsText({ groups }: HostInformationMessage): string {
  if (groups.length === 0) return 'serves nothing'
  return `serves ${groups.map(({ group, generation }) => `group ${String(group)} up to generation ${String(generation)}`).join(', ')}`
}

function countOf({ counts }: HostInformationMessage, { application }: WantedProduct): number {
  return counts.find((one) => uuidFromBytes(one.application) === application)?.count ?? 0
}

function countsText({ counts }: HostInformationMessage): string {
  return counts.length === 0 ? 'nothing is counted yet' : counts.map(({ count }) => `count ${String(count)}`).join(', ')
}

function countFinding(host: string, count: number, { threshold, isLicensed }: WantedProduct): Finding {
  const missing = threshold - count
  const text = `${host}: count ${String(count)}, threshold ${String(threshold)}`
  if (missing <= 0) return { verdict: 'ok', text }
  if (isLicensed) {
    const advice = `Let ${String(missing)} more machines ask ${host}: this one is licensed, but will not be renewed below the threshold.`
    return { verdict: 'warning', text, advice }
  }
  if (missing === 1) {
    const advice = `Run "volact client activate": if this machine has not asked ${host} yet, it is the one that is missing.`
    return { verdict: 'warning', text, advice }
  }
  const advice = `Let ${String(missing)} more machines ask ${host}; each one is counted when it asks.`
  return { verdict: 'problem', text, code: 'COUNT_INSUFFICIENT', advice }
}

function skewText(skew: number): string {
  const size = Math.abs(skew)
  if (size < 2) return 'both clocks say the same'
  return `its clock is ${durationText(size)} ${skew > 0 ? 'ahead of' : 'behind'} this machine's`
}

/** A length of time as people say it, in the largest unit that fits. */
export function durationText(seconds: number): string {
  const [unit, size] = units.find(([, least]) => seconds >= 2 * least) ?? ['s', 1]
  return `${String(Math.round(seconds / size))} ${unit}`
}

const units: readonly (readonly [unit: string, seconds: Instant])[] = [
  ['days', hours(24)],
  ['h', hours(1)],
  ['min', minutes(1)],
]
