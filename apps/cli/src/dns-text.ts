import { describeError } from '@volact/core/errors/table'
import { type Instant, toIso } from '@volact/core/time'
import type { DnsReport, ZoneReport } from '@volact/host/dns/acts'
import { columns } from './columns.ts'

/** Says how a host stands in DNS. */
export function dnsStatusText({ enabled, zones, problems }: DnsReport, now: Instant): string {
  const off = enabled ? [] : ['publishing is off: "volact host config set dns.enabled true" turns it on']
  const wrong = problems.map(({ code, message }) => `${message} (${code})`)
  if (zones.length === 0) return [...off, ...wrong, 'this host is published in no zone'].join('\n')
  const table = columns([heading, ...zones.map((zone) => row(zone, now))])
  return [...off, ...wrong, table, ...zones.flatMap(wordsOf)].join('\n')
}

/** Says what stands in DNS after a host was published. */
export function publishedText({ zones }: DnsReport): string {
  return zones
    .flatMap((zone) => {
      const records = zone.records.map(({ name, type, text }) => `  ${name} ${type} ${shortened(text)}`)
      return [`${nameOf(zone)}: ${zone.text}`, ...records]
    })
    .join('\n')
}

const heading = ['ZONE', 'STATE', 'RECORDS', 'LAST SUCCESS', 'NEXT', 'SERVER']

function row(zone: ZoneReport, now: Instant): readonly string[] {
  const { state, records, lastSuccess, next, server } = zone
  const when = next === undefined ? '-' : next <= now ? 'now' : toIso(next)
  const success = lastSuccess === undefined ? 'never' : toIso(lastSuccess)
  return [nameOf(zone), state, String(records.length), success, when, server ?? 'its primary']
}

function nameOf({ zone, site }: ZoneReport): string {
  return site === undefined ? zone : `${site}._sites.${zone}`
}

/** What a person should do about a zone, where there is anything. */
function wordsOf(zone: ZoneReport): readonly string[] {
  const { failure, state, text } = zone
  if (failure === undefined) return state === 'published' || state === 'waiting' ? [] : [`${nameOf(zone)}: ${text}`]
  const since = failure.times === 1 ? 'failed' : `failed ${String(failure.times)} times, last`
  const remedy = describeError(failure.code)?.remedy ?? ''
  return [`${nameOf(zone)}: ${since} at ${toIso(failure.at)}: ${failure.message} (${failure.code})`, `  ${remedy}`]
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
