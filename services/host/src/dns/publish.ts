import { resolve } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import { type DnsServer, formatServer, parseServer } from '@volact/dns/dns-server'
import { readKeyFile } from '@volact/dns/key-file'
import type { DnsTimes } from '@volact/dns/limits'
import { locate, type LocateOptions, lookUp } from '@volact/dns/locate'
import { types } from '@volact/dns/record'
import { changeOf, textOf, type TextRecord } from '@volact/dns/text-record'
import { updateZone } from '@volact/dns/update'
import type { PublishedRecord } from './memory.ts'
import type { ZoneEntry } from './zone-entry.ts'

/** What publishing needs beside the records. */
export interface PublishMeans {
  /** Where a key file is looked for that has no full path. */
  readonly dir: string
  readonly resolvers: readonly DnsServer[]
  readonly now: () => Instant
  readonly times?: DnsTimes
  readonly signal?: AbortSignal
  /** Keeps durably which records are ours from now on. */
  readonly keep: (published: readonly PublishedRecord[]) => void
}

/**
 * Brings a zone from the records that are ours to the ones that are wanted, and touches no others: each is added and deleted by
 * itself. What may be there is kept before it is sent, and dropped only after it was deleted, so that no crash leaves a record behind
 * that nobody remembers. Of several servers each is tried; the first failure is thrown.
 */
export async function publishRecords(
  { settings }: ZoneEntry,
  before: readonly PublishedRecord[],
  wanted: readonly TextRecord[],
  means: PublishMeans,
): Promise<void> {
  if (before.length === 0 && wanted.length === 0) return
  const key = settings.keyFile === undefined ? undefined : readKeyFile(resolve(means.dir, settings.keyFile))
  const target = await placed(settings, before, wanted, means)
  const stale = before.filter((one) => !isIn(target, one))
  let ours: readonly PublishedRecord[] = [...stale, ...target]
  means.keep(ours)
  const failures: ActivationError[] = []
  for (const group of groupsOf(ours)) {
    const deleted = group.filter((one) => stale.includes(one))
    const changes = [
      ...deleted.map((one) => changeOf('delete', one)),
      ...group.filter((one) => !stale.includes(one)).map((one) => changeOf('add', one)),
    ]
    const [first] = group
    if (first === undefined) continue
    const options = { ...askingOf(means), server: parseServer(first.server), ...(key && { key }) }
    const failure = await failureOf(updateZone(first.zone, changes, options))
    if (failure !== undefined) failures.push(failure)
    const gone = failure === undefined ? deleted : isRefusal(failure) ? group.filter((one) => !isIn(before, one)) : []
    ours = ours.filter((one) => !gone.includes(one))
  }
  means.keep(ours)
  if (failures[0] !== undefined) throw failures[0]
}

/** Finds out where each record belongs. An address that somebody else has written there is not ours to keep or to delete. */
async function placed(
  settings: ZoneEntry['settings'],
  before: readonly PublishedRecord[],
  wanted: readonly TextRecord[],
  means: PublishMeans,
): Promise<readonly PublishedRecord[]> {
  const server = settings.server === undefined ? undefined : parseServer(settings.server)
  const options: LocateOptions = { ...askingOf(means), resolvers: means.resolvers, ...(server && { server }) }
  const target: PublishedRecord[] = []
  for (const name of new Set(wanted.map((record) => record.name))) {
    const place = await locate(name, options)
    requireOwnZone(place.zone, settings.zone)
    const at = { name: place.name, zone: place.zone, server: formatServer(place.server) }
    for (const record of wanted.filter((one) => one.name === name)) {
      const published = { ...record, asked: name, ...at }
      if (isIn(before, published) || !isAddress(record) || !(await exists(published, place.server, options)))
        target.push(published)
    }
  }
  return target
}

function askingOf({ now, times, signal }: PublishMeans): Pick<PublishMeans, 'now' | 'times' | 'signal'> {
  return { now, ...(times && { times }), ...(signal && { signal }) }
}

/** The zone that a server names for a name that does not exist may be the top-level domain, which nobody here has. */
function requireOwnZone(found: string, wanted: string): void {
  if (found.includes('.') || found === wanted) return
  throw new ActivationError(
    'DNS_ZONE_MISSING',
    `there is no zone ${wanted}: the next one above it is "${found || '.'}"`,
  )
}

function isAddress({ type }: TextRecord): boolean {
  return type === 'A' || type === 'AAAA'
}

async function exists({ name, type, text }: TextRecord, server: DnsServer, options: LocateOptions): Promise<boolean> {
  const found = await lookUp(name, types[type], { ...options, server })
  return found.some((data) => textOf(type, data) === text)
}

/** What goes to one server in one message, which it does whole or not at all. */
function groupsOf(records: readonly PublishedRecord[]): readonly (readonly PublishedRecord[])[] {
  const keys = new Set(records.map(keyOf))
  return [...keys].map((key) => records.filter((record) => keyOf(record) === key))
}

function keyOf({ server, zone }: PublishedRecord): string {
  return `${server} ${zone}`
}

function isIn(records: readonly PublishedRecord[], record: PublishedRecord): boolean {
  return records.some((one) => isSame(one, record))
}

/**
 * Says whether the server has decided to do nothing. What was sent in vain is not ours to delete either: a key that may not write a
 * record may not delete it, and a zone would never be rid of that failure.
 */
function isRefusal({ code }: ActivationError): boolean {
  return refusals.has(code)
}

const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['DNS_UPDATE_REFUSED', 'DNS_NOT_AUTHORITATIVE', 'DNS_KEY_UNKNOWN', 'DNS_KEY_WRONG'] as const),
])

/** A record that differs only in how long it may be kept is the same one, and is changed by being added again. */
function isSame(a: PublishedRecord, b: PublishedRecord): boolean {
  return keyOf(a) === keyOf(b) && a.name === b.name && a.type === b.type && a.text === b.text
}

async function failureOf(done: Promise<void>): Promise<ActivationError | undefined> {
  try {
    await done
    return undefined
  } catch (error) {
    if (error instanceof ActivationError) return error
    throw error
  }
}
