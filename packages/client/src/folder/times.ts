import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { type ClientFiles, fileLimits } from './client-files.ts'
import type { ClockMark } from './clock-mark.ts'
import type { RunningClock } from './running-clock.ts'
import { type Note, parseJsonObject, readKept, writeJson } from './kept-file.ts'

/** What a client remembers of time: `times.json`. */
export interface Times {
  readonly clock: ClockMark
  /** By activation ID. */
  readonly licenses: ReadonlyMap<string, LicenseTimes>
}

export interface LicenseTimes {
  /** When a key of the product was first installed here. */
  readonly graceBegan: Instant
  /** When to ask next. The one thing that a refusal changes (rule 24). */
  readonly nextAttempt?: Instant
}

/** Reads what is remembered of time; nothing when there is no memory, or a damaged one, of which a note is made. */
export function readTimes({ times }: ClientFiles, note: Note): Times | undefined {
  const kept = { path: times, maxBytes: fileLimits.times, what: 'the memory of times', parse: parseTimes }
  return readKept(kept, note)
}

/** Writes what is remembered of time, durably. The folder's lock is held. */
export function writeTimes({ times }: ClientFiles, { clock, licenses }: Times): void {
  writeJson(times, { ...clock, licenses: Object.fromEntries(licenses) })
}

/** What is remembered of time with the mark raised to now; a new memory where there is none. */
export function currentTimes({ files, clock, now }: TimeKeeper, note: Note): Times {
  const local = now()
  const times = readTimes(files, note) ?? { clock: { mark: local, base: local }, licenses: new Map() }
  return { ...times, clock: clock.raise(times.clock, local) }
}

/** Who has a folder and clocks. */
export interface TimeKeeper {
  readonly files: ClientFiles
  readonly clock: RunningClock
  readonly now: () => Instant
}

/** Changes the times of one license; what began for it before stays begun. */
export function withLicense(times: Times, activationId: string, change: Partial<LicenseTimes>, now: Instant): Times {
  const known = times.licenses.get(activationId) ?? { graceBegan: now }
  return { ...times, licenses: new Map(times.licenses).set(activationId, { ...known, ...change }) }
}

function parseTimes(bytes: Uint8Array): Times {
  const fields = parseJsonObject(bytes)
  const licenses = fields.get('licenses')
  if (typeof licenses !== 'object' || licenses === null) throw malformed('"licenses" is missing')
  return {
    clock: { mark: instant(fields.get('mark'), 'mark'), base: instant(fields.get('base'), 'base') },
    licenses: new Map(Object.entries(licenses).map(([id, value]) => [id, parseLicense(value)])),
  }
}

function parseLicense(value: unknown): LicenseTimes {
  if (typeof value !== 'object' || value === null || !('graceBegan' in value)) throw malformed('a license has no times')
  const graceBegan = instant(value.graceBegan, 'graceBegan')
  return 'nextAttempt' in value
    ? { graceBegan, nextAttempt: instant(value.nextAttempt, 'nextAttempt') }
    : { graceBegan }
}

function instant(value: unknown, name: string): Instant {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw malformed(`"${name}" is no time`)
}

function malformed(message: string): ActivationError {
  return new ActivationError('MALFORMED', message)
}
