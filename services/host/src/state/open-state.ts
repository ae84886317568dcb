import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import type { Catalog } from '@volact/core/catalog/catalog'
import { applyBytes } from './apply-entry.ts'
import { LogState } from './log-state.ts'
import { flag } from './rows.ts'
import { Replay } from './replay.ts'
import { fitsCatalog, restoreSnapshot, setPeaks } from './restore-snapshot.ts'
import { sipKeyLength } from './sip-hash.ts'
import type { SnapshotTrailer } from './snapshot-format.ts'
import { SnapshotReader } from './snapshot-reader.ts'
import type { ReadEntry } from './state-parts.ts'

/** What is read of a ledger. */
export interface StateLedger {
  readonly size: number
  rootAt(size: number): Uint8Array
  entry(index: number): Uint8Array | undefined
  entries(from?: number): Iterable<Uint8Array | undefined>
}

export interface OpenStateOptions {
  /** Where the snapshot lies, if there is one. */
  readonly snapshot: string
  readonly logId: Uint8Array
  /** Every request of an entry before this one has been verified; without it, all have. */
  readonly verified?: number
  readonly note: (text: string) => void
}

/**
 * Gives the state of a ledger: from the snapshot beside it and the entries behind that, or, where the snapshot is missing or does not
 * fit, from all entries: slower, never otherwise.
 */
export function openState(catalog: Catalog, ledger: StateLedger, options: OpenStateOptions): LogState {
  const restored = existsSync(options.snapshot) ? fromSnapshot(catalog, ledger, options) : undefined
  if (typeof restored === 'object') return restored
  if (restored !== undefined) options.note(`the snapshot ${options.snapshot} is left aside: ${restored}`)
  const state = new LogState(catalog, readerOf(ledger), new Uint8Array(randomBytes(sipKeyLength)))
  takeIn(state, ledger, 0, options.verified)
  return state
}

/** Gives the state, or why there is none. */
function fromSnapshot(catalog: Catalog, ledger: StateLedger, options: OpenStateOptions): LogState | string {
  const snapshot = SnapshotReader.open(options.snapshot)
  if (typeof snapshot === 'string') return snapshot
  try {
    const { logId, size, root, key } = snapshot.header
    const state = new LogState(catalog, readerOf(ledger), key)
    if (!equal(logId, options.logId)) return 'it is of another ledger'
    if (size > ledger.size) return `it is of ${size} entries, and the ledger has ${ledger.size}`
    if (!equal(root, ledger.rootAt(size))) return 'its root is not in the tree of the ledger'
    if (!fitsCatalog(snapshot.header, state.parts)) return 'the pack has changed'
    const trailer = restoreSnapshot(state.parts, snapshot)
    if (typeof trailer === 'string') return trailer
    if (trailer.size > ledger.size) return `it knows ${trailer.size} entries, and the ledger has ${ledger.size}`
    takeIn(state, ledger, size, options.verified, trailer)
    state.restoredUpTo = size
    return state
  } finally {
    snapshot.close()
  }
}

function readerOf(ledger: StateLedger): ReadEntry {
  return (index) => (index < ledger.size ? ledger.entry(index) : undefined)
}

/** Takes in entries again. The peaks of a snapshot hold up to the size at which it ended; entries that were erased say nothing. */
function takeIn(
  state: LogState,
  ledger: StateLedger,
  from: number,
  verified = Infinity,
  trailer?: SnapshotTrailer,
): void {
  const { parts } = state
  parts.replay = new Replay(parts.table.rows, verified)
  parts.licenses.notesPeaks = trailer === undefined
  let index = from
  for (const bytes of ledger.entries(from)) {
    if (index === trailer?.size) endSnapshot(state, trailer)
    if (bytes !== undefined) applyBytes(parts, bytes)
    index += 1
  }
  if (index === trailer?.size) endSnapshot(state, trailer)
  endReplay(state, verified)
}

/** From here on the state is exactly that of the ledger at this size. */
function endSnapshot({ parts }: LogState, trailer: SnapshotTrailer): void {
  parts.pass(trailer.time)
  setPeaks(parts.licenses.all, trailer)
  parts.licenses.notesPeaks = true
}

function endReplay({ parts }: LogState, verified: number): void {
  const { rows } = parts.table
  const { earlier } = parts.licenses
  parts.replay = undefined
  const rests = (row: number): boolean => rows.has(row, flag.unverified) && rows.index(row) >= verified
  for (const row of earlier.rows()) if (!rests(row)) rows.unmark(row, flag.unverified)
  earlier.keep(rests)
}
