import { existsSync, renameSync } from 'node:fs'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describeError, type ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { TextRecord, TextType } from '@volact/dns/text-record'
import { fileError } from '@volact/files/file-error'
import { readRecord, writeRecord } from '../folder/json-record.ts'
import { parseZoneSettings } from './settings.ts'
import type { ZoneEntry } from './zone-entry.ts'

/** A record of ours, and where it was written to. */
export interface PublishedRecord extends TextRecord {
  /** The name that was wanted, where an alias has led to another one. */
  readonly asked: string
  /** The zone of the server, which may be another than the one that was named. */
  readonly zone: string
  /** `IP:PORT` */
  readonly server: string
}

/** Why publishing has failed last, and how often in a row. */
export interface DnsFailure {
  readonly at: Instant
  readonly code: ErrorCode
  readonly message: string
  readonly times: number
}

/** What is remembered of a zone. */
export interface ZoneMemory {
  readonly settings: ZoneEntry['settings']
  readonly from: 'command' | 'configuration'
  /** All that was ever sent and not deleted since; also what may not have arrived. */
  readonly published: readonly PublishedRecord[]
  /** When somebody had the host taken out of the zone. */
  readonly withdrawn?: Instant
  readonly lastSuccess?: Instant
  /** The size of each vendor's ledger that stands there, all together, and since when. */
  readonly checkpoints?: { readonly size: number; readonly at: Instant }
  readonly failure?: DnsFailure
}

/** What a host remembers of DNS, by the ID of each zone. */
export interface DnsMemory {
  /** The port that it served on last. */
  readonly port?: number
  readonly zones: ReadonlyMap<string, ZoneMemory>
}

/** Grows with what an older version could not read. */
const format = 1
const mostBytes = 262_144

/** Reads what is remembered. A damaged file is set aside and noted: it must not keep a host from starting. */
export function readMemory(path: string, note: (text: string) => void): DnsMemory {
  if (!existsSync(path)) return { zones: new Map() }
  try {
    return readRecord(path, parseMemory, mostBytes)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    note(`${error.message}; DNS records that it named must be removed by hand (${setAside(path)})`)
    return { zones: new Map() }
  }
}

/** Where not even that can be done, the next change of it says why. */
function setAside(path: string): string {
  const aside = `${path}.damaged`
  try {
    renameSync(path, aside)
    return `it is ${aside} now`
  } catch (error) {
    const failure = fileError(error, 'write', path)
    if (failure instanceof ActivationError) return failure.message
    throw error
  }
}

/** Writes what is remembered, durably. */
export function writeMemory(path: string, { port, zones }: DnsMemory): void {
  writeRecord(path, { format, ...(port !== undefined && { port }), zones: Object.fromEntries(zones) })
}

function parseMemory(value: object): DnsMemory | undefined {
  const { format: found, port, zones } = fieldsOf(value)
  if (found !== format || typeof zones !== 'object' || zones === null) return undefined
  const parsed = Object.entries(zones).map(([id, zone]) => [id, parseZone(zone)] as const)
  const whole = parsed.filter((one): one is readonly [string, ZoneMemory] => one[1] !== undefined)
  if (whole.length !== parsed.length) return undefined
  return { ...(typeof port === 'number' && { port }), zones: new Map(whole) }
}

function parseZone(value: unknown): ZoneMemory | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const settings = parseZoneSettings(fields['settings'], 'zone')
  const { published, from, withdrawn, lastSuccess, checkpoints, failure } = fields
  const { zone } = settings
  if (zone === undefined || !Array.isArray(published) || !published.every(isPublished)) return undefined
  return {
    settings: { ...settings, zone },
    from: from === 'command' ? 'command' : 'configuration',
    published,
    ...(typeof withdrawn === 'number' && { withdrawn }),
    ...(typeof lastSuccess === 'number' && { lastSuccess }),
    ...(isCheckpoints(checkpoints) && { checkpoints }),
    ...(isFailure(failure) && { failure }),
  }
}

const textTypes: ReadonlySet<unknown> = new Set<TextType>(['A', 'AAAA', 'SRV', 'TXT'])

function isPublished(value: unknown): value is PublishedRecord {
  const fields = fieldsOf(value)
  const texts = ['name', 'asked', 'text', 'zone', 'server'].every((key) => typeof fields[key] === 'string')
  return texts && textTypes.has(fields['type']) && typeof fields['ttl'] === 'number'
}

function isCheckpoints(value: unknown): value is NonNullable<ZoneMemory['checkpoints']> {
  const { size, at } = fieldsOf(value)
  return typeof size === 'number' && typeof at === 'number'
}

function isFailure(value: unknown): value is DnsFailure {
  const { at, code, message, times } = fieldsOf(value)
  const isCode = typeof code === 'string' && describeError(code) !== undefined
  return isCode && typeof at === 'number' && typeof message === 'string' && typeof times === 'number'
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
