import type { Instant } from '@volact/core/time'
import { type ClientFiles, fileLimits } from './client-files.ts'
import { instant, list, malformed, section } from './json-fields.ts'
import { type Found, inspect, parseJsonObject, writeJson } from './kept-file.ts'

/** What a client was told and has learned: `client.json`. */
export interface Settings {
  /** `NAME:PORT`, when somebody has set one. */
  readonly host?: string
  readonly keys: readonly InstalledKey[]
  readonly logs: readonly KnownLog[]
}

/** An installed setup key. The key itself is public and stands in the catalog; here is which product it has selected. */
export interface InstalledKey {
  /** ID of the vendor. */
  readonly vendor: string
  /** Activation ID. */
  readonly product: string
  /** When it was first installed here; the grace begins again with that if the memory of it is lost. */
  readonly installed?: Instant
}

/** A ledger that has granted something here. */
export interface KnownLog {
  /** Hexadecimal digits of the log ID. */
  readonly id: string
  readonly vendor: string
  /** Where the host that keeps it was last met; nothing once another ledger was met there. */
  readonly address?: string
}

/** The most ledgers that are remembered; the one that was met least recently is forgotten first. */
const mostLogs = 64

/** Nothing installed, nothing set, nothing known. */
export const noSettings: Settings = { keys: [], logs: [] }

/** Grows with what an older version could not read. */
const format = 1

/** Looks at the settings. */
export function inspectSettings({ settings }: ClientFiles): Found<Settings> {
  return inspect({
    path: settings,
    maxBytes: fileLimits.settings,
    what: 'the list of installed keys',
    parse: parseSettings,
  })
}

/** Writes the settings, durably. The folder's lock is held. */
export function writeSettings({ settings }: ClientFiles, value: Settings): void {
  writeJson(settings, { format, ...value })
}

/** Remembers which ledger was met at an address. */
export function withLog({ logs, ...rest }: Settings, met: KnownLog): Settings {
  const others = logs.filter(({ id }) => id !== met.id).map((log) => (isSamePlace(log, met) ? moved(log) : log))
  return { ...rest, logs: [met, ...others].slice(0, mostLogs) }
}

/** Finds the ledger that a vendor's host at an address keeps, as far as is known. */
export function logAt({ logs }: Settings, vendor: string, address: string): string | undefined {
  return logs.find((log) => log.vendor === vendor && log.address === address)?.id
}

function isSamePlace(a: KnownLog, b: KnownLog): boolean {
  return a.vendor === b.vendor && a.address === b.address
}

function moved({ id, vendor }: KnownLog): KnownLog {
  return { id, vendor }
}

function parseSettings(bytes: Uint8Array): Settings {
  const fields = parseJsonObject(bytes)
  const version = fields.get('format') ?? format
  if (version !== format) throw malformed(`it is not of format ${String(format)}`)
  const host = fields.get('host')
  if (host !== undefined && typeof host !== 'string') throw malformed('"host" is no text')
  return {
    ...(host !== undefined && { host }),
    keys: list(fields.get('keys'), 'keys').map(parseKey),
    logs: list(fields.get('logs'), 'logs').map(parseLog),
  }
}

function parseKey(item: unknown): InstalledKey {
  const { vendor, product, installed } = section(item, 'key')
  if (typeof vendor !== 'string' || typeof product !== 'string' || !uuid.test(product)) {
    throw malformed('an installed key names no product')
  }
  return { vendor, product, ...(installed !== undefined && { installed: instant(installed, 'installed') }) }
}

function parseLog(item: unknown): KnownLog {
  const { id, vendor, address } = section(item, 'log')
  if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id) || typeof vendor !== 'string') {
    throw malformed('a ledger has no ID')
  }
  return { id, vendor, ...(typeof address === 'string' && { address }) }
}

/** What becomes a part of a file's name is checked, whoever wrote it. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
