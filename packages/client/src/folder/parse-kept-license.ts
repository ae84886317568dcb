import type { LicenseKey, Rearms } from '@volact/core/licensing/license-record'
import type { Instant } from '@volact/core/time'
import { errorCode, instant, malformed, section, text } from './json-fields.ts'
import type { KeptAttempt, KeptLicense, KeptRecord } from './kept-license.ts'

type Fields = Readonly<Record<string, unknown>>

/** Reads what is remembered of one license; `MALFORMED` for anything else. */
export function parseKeptLicense({ vendor, record, attempt }: Fields): KeptLicense {
  return {
    vendor: text(vendor, 'vendor'),
    record: parseRecord(section(record, 'record')),
    ...(attempt !== undefined && { attempt: parseAttempt(section(attempt, 'attempt')) }),
  }
}

function parseRecord(fields: Fields): KeptRecord {
  return {
    key: parseKey(fields['key']),
    graceBegan: instant(fields['graceBegan'], 'graceBegan'),
    ...optionalTimes(fields),
    ephemeral: fields['ephemeral'] === true,
    rearms: parseRearms(section(fields['rearms'], 'rearms')),
  }
}

const timeNames = ['hardwareChanged', 'nonGenuine', 'extendedUntil', 'firstActivated'] as const

function optionalTimes(fields: Fields): Partial<Record<(typeof timeNames)[number], Instant>> {
  const known = timeNames.filter((name) => fields[name] !== undefined)
  return Object.fromEntries(known.map((name) => [name, instant(fields[name], name)]))
}

const keys: readonly LicenseKey[] = ['none', 'volume', 'mak', 'evaluation']

function parseKey(value: unknown): LicenseKey {
  const key = keys.find((name) => name === value)
  if (key === undefined) throw malformed('"key" is no kind of key')
  return key
}

function parseRearms({ machine, application, product }: Fields): Rearms {
  return {
    machine: instant(machine, 'machine'),
    application: instant(application, 'application'),
    product: instant(product, 'product'),
  }
}

/** A code that this version does not know was one all the same. */
function parseAttempt({ at, outcome, ...fields }: Fields): KeptAttempt {
  const time = instant(at, 'at')
  if (outcome === 'granted') return { outcome, at: time }
  if (outcome !== 'refused' && outcome !== 'unreachable') throw malformed('"outcome" is none')
  const { watchUntil, retryAfterSeconds, code } = fields
  return {
    outcome,
    at: time,
    watchUntil: instant(watchUntil, 'watchUntil'),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds: instant(retryAfterSeconds, 'retryAfterSeconds') }),
    ...(code !== undefined && { code: errorCode(code) ?? 'REFUSED' }),
  }
}
