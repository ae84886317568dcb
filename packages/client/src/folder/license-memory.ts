import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import { type ClientFiles, fileLimits } from './client-files.ts'
import type { ClockMark } from './clock-mark.ts'
import { errorCode, instant, list, malformed, section, text } from './json-fields.ts'
import { type Found, inspect, parseJsonObject, writeJson } from './kept-file.ts'
import type { KeptLicense } from './kept-license.ts'
import { parseKeptLicense } from './parse-kept-license.ts'

/** What a client has learned and cannot ask anybody: `memory.json`. */
export interface Memory {
  readonly clock: ClockMark
  /** By activation ID. A license stays when its key is removed, so that a key installed again brings no new grace. */
  readonly licenses: ReadonlyMap<string, KeptLicense>
  /** What has happened to this folder, oldest first, until the next verified grant. */
  readonly events: readonly FolderEvent[]
  /** The pool that this machine belongs to, which then has no persistent store (rule 38). */
  readonly pool?: string
  /** When a host was last asked to continue a checkpoint that stood in DNS (rule 29). */
  readonly witnessed?: Instant
}

/** Something that whoever looks at the status should know, such as what was lost. */
export interface FolderEvent {
  readonly at: Instant
  readonly code: ErrorCode
  readonly text: string
}

/** The most events that are kept: the newest ones. */
const mostEvents = 16

/** Grows with what an older version could not read. */
const format = 1

/** Looks at what is remembered. */
export function inspectMemory({ memory }: ClientFiles): Found<Memory> {
  return inspect({ path: memory, maxBytes: fileLimits.memory, what: 'the memory', parse: parseMemory })
}

/** Writes what is remembered, durably. The folder's lock is held. */
export function writeMemory({ memory }: ClientFiles, { clock, licenses, ...rest }: Memory): void {
  writeJson(memory, { format, ...clock, licenses: Object.fromEntries(licenses), ...rest })
}

/** Changes what is remembered of one license. */
export function withLicense(memory: Memory, activationId: string, license: KeptLicense): Memory {
  return { ...memory, licenses: new Map(memory.licenses).set(activationId, license) }
}

/** Remembers an event; one that has happened before is moved to now. */
export function withEvent(memory: Memory, event: FolderEvent): Memory {
  const others = memory.events.filter((other) => other.text !== event.text)
  return { ...memory, events: [...others, event].slice(-mostEvents) }
}

function parseMemory(bytes: Uint8Array): Memory {
  const fields = parseJsonObject(bytes)
  if (fields.get('format') !== format) throw malformed(`it is not of format ${String(format)}`)
  const licenses = Object.entries(section(fields.get('licenses'), 'licenses'))
  const pool = fields.get('pool')
  const witnessed = fields.get('witnessed')
  return {
    clock: parseClock(fields),
    licenses: new Map(licenses.map(([id, value]) => [id, parseKeptLicense(section(value, id))])),
    events: list(fields.get('events'), 'events').flatMap(parseEvent),
    ...(pool !== undefined && { pool: text(pool, 'pool') }),
    ...(witnessed !== undefined && { witnessed: instant(witnessed, 'witnessed') }),
  }
}

function parseClock(fields: ReadonlyMap<string, unknown>): ClockMark {
  const ahead = fields.get('ahead')
  return {
    mark: instant(fields.get('mark'), 'mark'),
    base: instant(fields.get('base'), 'base'),
    ...(ahead !== undefined && { ahead: instant(ahead, 'ahead') }),
  }
}

/** An event with a code that this version does not know is left out: it is for people only. */
function parseEvent(value: unknown): readonly FolderEvent[] {
  const fields = section(value, 'event')
  const code = errorCode(fields['code'])
  return code === undefined ? [] : [{ at: instant(fields['at'], 'at'), code, text: text(fields['text'], 'text') }]
}
