import { ActivationError } from '@volact/core/errors/activation-error'
import { type ClientFiles, fileLimits } from './client-files.ts'
import { type Note, parseJsonObject, readKept, writeJson } from './kept-file.ts'

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

/** Reads the settings. When they are damaged, keys must be installed again, and a note says so. */
export function readSettings({ settings }: ClientFiles, note: Note): Settings {
  const kept = {
    path: settings,
    maxBytes: fileLimits.settings,
    what: 'the list of installed keys',
    parse: parseSettings,
  }
  return readKept(kept, note) ?? { keys: [], logs: [] }
}

/** Writes the settings, durably. The folder's lock is held. */
export function writeSettings({ settings }: ClientFiles, value: Settings): void {
  writeJson(settings, value)
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
  const host = fields.get('host')
  if (host !== undefined && typeof host !== 'string') throw malformed('"host" is no text')
  return {
    ...(host !== undefined && { host }),
    keys: list(fields, 'keys').map(parseKey),
    logs: list(fields, 'logs').map(parseLog),
  }
}

function parseKey(item: object): InstalledKey {
  if ('vendor' in item && 'product' in item) {
    const { vendor, product } = item
    if (typeof vendor === 'string' && typeof product === 'string' && uuid.test(product)) return { vendor, product }
  }
  throw malformed('an installed key names no product')
}

function parseLog(item: object): KnownLog {
  if ('id' in item && 'vendor' in item) {
    const { id, vendor } = item
    const address = 'address' in item && typeof item.address === 'string' ? { address: item.address } : {}
    if (typeof id === 'string' && /^[0-9a-f]{64}$/.test(id) && typeof vendor === 'string') {
      return { id, vendor, ...address }
    }
  }
  throw malformed('a ledger has no ID')
}

/** What becomes a part of a file's name is checked, whoever wrote it. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function list(fields: ReadonlyMap<string, unknown>, name: string): readonly object[] {
  const value = fields.get(name)
  if (!Array.isArray(value)) throw malformed(`"${name}" is no list`)
  return value.map((item: unknown) => {
    if (typeof item === 'object' && item !== null) return item
    throw malformed(`"${name}" holds something else`)
  })
}

function malformed(message: string): ActivationError {
  return new ActivationError('MALFORMED', message)
}
