import { closeSync, fdatasync, openSync, rmSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { syncFolder } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { readDetails } from './details-reader.ts'
import { detailsIndex } from './details-record.ts'
import { encodeJournal, type Erasure, finishErasures, touch } from './erase-journal.ts'
import { type LedgerFiles, segmentOf } from './ledger-files.ts'
import { recordKinds } from './record.ts'
import { writeAt } from './write-at.ts'

const sync = promisify(fdatasync)

/** How many records are written down together: all of a machine's, so that they go together. */
const journalLength = 4_096

/** How many records are overwritten in one turn of the event loop. */
const stride = 64

/** How many records of details are looked at in one. */
const lookedAt = 2_000

/**
 * Erases in small steps, one after another, between which the host answers. Each step is written down durably before a byte of it
 * is overwritten: killed at any moment, it was not begun, or the next start finishes it.
 */
export class Eraser {
  readonly #files: LedgerFiles
  #last: Promise<unknown> = Promise.resolve()

  constructor(files: LedgerFiles) {
    this.#files = files
  }

  /** Erases; when this returns, it is durable. */
  erase(erasures: readonly Erasure[]): Promise<void> {
    return this.#after(async () => {
      for (let from = 0; from < erasures.length; from += journalLength)
        await this.#eraseTogether(erasures.slice(from, from + journalLength))
    })
  }

  /** Finds what lies beside entries. */
  async findDetails(indexes: readonly number[]): Promise<readonly Erasure[]> {
    const found: Erasure[] = []
    for (const erasure of findDetails(this.#files, indexes)) {
      if (erasure === undefined) await setImmediate()
      else found.push(erasure)
    }
    return found
  }

  #after(run: () => Promise<void>): Promise<void> {
    const done = this.#last.then(run)
    this.#last = done.catch(() => undefined)
    return done
  }

  async #eraseTogether(erasures: readonly Erasure[]): Promise<void> {
    const { journal } = this.#files
    try {
      // What a full disk has interrupted.
      finishErasures(this.#files)
      await this.#writeJournal(erasures)
      for (let from = 0; from < erasures.length; from += stride) {
        await this.#overwrite(erasures.slice(from, from + stride))
        await setImmediate()
      }
      rmSync(journal)
    } catch (error) {
      throw fileError(error, 'write', journal)
    }
  }

  async #writeJournal(erasures: readonly Erasure[]): Promise<void> {
    const { journal, dir } = this.#files
    const descriptor = openSync(journal, 'w', 0o600)
    try {
      writeAt(descriptor, 0, encodeJournal(erasures))
      await sync(descriptor)
      syncFolder(dir)
    } catch (error) {
      rmSync(journal, { force: true })
      throw error
    } finally {
      closeSync(descriptor)
    }
  }

  async #overwrite(erasures: readonly Erasure[]): Promise<void> {
    for (const touched of touch(this.#files, erasures)) {
      try {
        await sync(touched)
      } finally {
        closeSync(touched)
      }
    }
  }
}

/** Finds what lies beside entries, in ascending order of segments, and stops for a moment (`undefined`) every so often. */
export function* findDetails(files: LedgerFiles, indexes: readonly number[]): Generator<Erasure | undefined> {
  for (const [segment, wanted] of bySegment(indexes)) yield* findInSegment(files, segment, wanted)
}

function* findInSegment(
  files: LedgerFiles,
  segment: number,
  wanted: ReadonlySet<number>,
): Generator<Erasure | undefined> {
  let looked = 0
  for (const { kind, body, offset } of readDetails(files, segment)) {
    if (kind === recordKinds.details && wanted.has(detailsIndex(body, segment)))
      yield { kind: 'details', segment, offset, length: body.length }
    looked += 1
    if (looked % lookedAt === 0) yield undefined
  }
}

function bySegment(indexes: readonly number[]): ReadonlyMap<number, ReadonlySet<number>> {
  const groups = new Map<number, Set<number>>()
  for (const index of indexes) {
    const group = groups.get(segmentOf(index))
    if (group === undefined) groups.set(segmentOf(index), new Set([index]))
    else group.add(index)
  }
  return groups
}
