import { setImmediate } from 'node:timers/promises'
import { type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'
import { closeSync } from 'node:fs'
import { openIfThere } from './open-if-there.ts'
import type { Ledger } from './ledger.ts'
import { segmentEntries, segmentOf } from './ledger-files.ts'
import { readEntries } from './read-entries.ts'
import { type Retained, readRetained, writeRetained } from './retained-file.ts'

/** How long things are kept, in seconds (rule 32). */
export interface Retention {
  /** Bytes of entries. */
  readonly entries: number
  /** Bytes of those of ephemeral machines. */
  readonly ephemeral: number
  /** Requests and details, from the entry that they belong to: every contact within a window makes an entry, so that those of a machine's last contact are the last. */
  readonly details: number
}

/** What was erased, and how far it has come. */
export interface RetainReport {
  readonly entries: number
  readonly detailSegments: number
}

const day = 86_400

/** 400 days, 30 and 90. */
export const usualRetention: Retention = { entries: 400 * day, ephemeral: 30 * day, details: 90 * day }

export interface RetainOptions {
  readonly retention?: Retention
  /** Most entries that are looked at in one call, so that what a long pause has left is done over several days. */
  readonly most?: number
  /** Ends it early, between two steps: the host stops. */
  readonly signal?: AbortSignal
}

/** How many entries are looked at between two turns of the event loop. */
const stride = 128

/** How many entries are erased together. */
const together = 2_048

/**
 * Erases what has been kept long enough. To be called daily; it goes on from where it was, in small steps between which the host
 * answers. What says who the ledger is and what it has done to itself is kept for ever: activations, certificates, keys, recoveries,
 * what was forgotten, administrative acts without a machine.
 */
export async function retain(ledger: Ledger, now: Instant, options: RetainOptions = {}): Promise<RetainReport> {
  const { retention = usualRetention, most = 4 * segmentEntries, signal } = options
  const path = ledger.files.retained
  const before = readRetained(path)
  const work = new Retaining(ledger, now, retention, signal)
  const entries = await work.erase(before.entries, most, retention.entries, isOfMachine)
  const ephemeral = await work.erase(Math.max(before.ephemeral, entries), most, retention.ephemeral, isEphemeral)
  const details = await work.eraseDetails(before.details)
  const after: Retained = { entries, ephemeral, details }
  if (before.entries !== entries || before.ephemeral !== ephemeral || before.details !== details)
    writeRetained(path, after)
  return { entries: work.erased, detailSegments: work.segments }
}

class Retaining {
  erased = 0
  segments = 0
  readonly #ledger: Ledger
  readonly #now: Instant
  readonly #retention: Retention
  readonly #signal: AbortSignal | undefined

  constructor(ledger: Ledger, now: Instant, retention: Retention, signal: AbortSignal | undefined) {
    this.#ledger = ledger
    this.#now = now
    this.#retention = retention
    this.#signal = signal
  }

  /** Erases those of the entries from an index on that are old enough and of a kind, and returns where it has stopped. */
  async erase(from: number, most: number, age: number, isErased: (entry: LedgerEntry) => boolean): Promise<number> {
    const to = Math.min(this.#ledger.size, from + most)
    let wanted: number[] = []
    let at = from
    for (const { index, time, erased, body } of readEntries(this.#ledger.files, from, to)) {
      if (time > this.#now - age || this.#signal?.aborted === true) break
      if (!erased && index > 0 && isErased(parseEntry(body))) wanted.push(index)
      if (wanted.length === together) {
        await this.#flush(wanted)
        wanted = []
      }
      at = index + 1
      if (index % stride === 0) await setImmediate()
    }
    await this.#flush(wanted)
    return at
  }

  /** Erases the details of the entries from an index on that are old enough, and returns the first entry behind them. */
  async eraseDetails(from: number): Promise<number> {
    for (let at = from; ;) {
      const segment = segmentOf(at)
      const end = Math.min(this.#ledger.size, (segment + 1) * segmentEntries)
      const to = this.#signal?.aborted === true ? at : await this.#firstYounger(at, end)
      if (to === at) return at
      // The file goes with its last details, so that nothing grows for ever.
      if (to === (segment + 1) * segmentEntries) await this.#removeDetails(segment)
      else
        await this.#ledger.eraseDetails(
          Array.from({ length: to - at }, (_, place) => at + place).filter((index) => index > 0),
        )
      at = to
    }
  }

  async #firstYounger(from: number, to: number): Promise<number> {
    for (const { index, time } of readEntries(this.#ledger.files, from, to)) {
      if (time > this.#now - this.#retention.details) return index
      if (index % stride === 0) await setImmediate()
    }
    return to
  }

  async #removeDetails(segment: number): Promise<void> {
    const there = openIfThere(this.#ledger.files.segment('details', segment))
    if (there === undefined) return
    closeSync(there)
    await this.#ledger.eraseDetailsOf(segment)
    this.segments += 1
  }

  async #flush(wanted: readonly number[]): Promise<void> {
    if (wanted.length === 0) return
    await this.#ledger.eraseEntries(wanted)
    this.erased += wanted.length
  }
}

/** Whether an entry tells something about a machine. */
function isOfMachine(entry: LedgerEntry): boolean {
  switch (entry.kind) {
    case 'grant':
    case 'sighting':
    case 'release':
    case 'disputed':
      return true
    case 'administrative':
      return entry.arguments.has('machine')
    case 'host-activation':
    case 'certificate':
    case 'recovery':
    case 'forgotten':
    case 'note-key':
      return false
  }
}

function isEphemeral(entry: LedgerEntry): boolean {
  if (entry.kind === 'grant') return entry.grant.flags.ephemeral
  return entry.kind === 'sighting' && entry.flags.ephemeral
}
