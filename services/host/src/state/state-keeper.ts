import { rmSync } from 'node:fs'
import { ActivationError } from '@volact/core/errors/activation-error'
import { minutes } from '@volact/core/time'
import { forgetOld } from './forget-machines.ts'
import type { LogState } from './log-state.ts'
import { type SnapshotSource, writeSnapshot } from './snapshot-writer.ts'

/** How often it is looked whether a snapshot is due, in seconds, and by how many entries the ledger must have grown. */
export const snapshotRhythm: { readonly seconds: number; readonly entries: number } = {
  seconds: minutes(5),
  entries: 32_768,
}

/**
 * By how many entries a ledger may grow under load before its next snapshot, however soon that is: so many, or a tenth of its licenses, are
 * taken in again in less time than these licenses are read. More often would take too much from the answers.
 */
const mostBehind = 65_536
const mostBehindPart = 0.1

/** Rows that are looked through each time for machines that came no more, in under a millisecond: ten million of them in a day. */
const rowsPerLook = 32_768

export interface KeeperOptions {
  readonly snapshot: string
  readonly state: LogState
  readonly source: SnapshotSource
  readonly note: (text: string) => void
}

/** Writes the snapshots of a state, one at a time: while it serves, and once more when it ends. */
export class StateKeeper {
  readonly #options: KeeperOptions
  #written: number
  #writing: Promise<void> | undefined
  #isWanted = true
  /** The row at which the look for old machines goes on. */
  #seen = 0
  #timer: NodeJS.Timeout | undefined

  /** Who only looks at a folder writes nothing: a snapshot is due when the ledger has grown since. */
  constructor(options: KeeperOptions) {
    this.#options = options
    this.#written = options.source.size
  }

  /** Looks from time to time whether a snapshot is due: what a start had to take in again is not taken in by the next one, too. */
  start(): void {
    this.#written = this.#options.state.restoredUpTo
    let seconds = 0
    this.#timer = setInterval(() => {
      seconds += 1
      if (seconds % snapshotRhythm.seconds === 0) this.#look()
      else if (this.#isFarBehind) void this.write()
    }, 1_000)
    this.#timer.unref()
  }

  #look(): void {
    const { parts } = this.#options.state
    parts.between(() => {
      this.#seen = forgetOld(parts, this.#seen, rowsPerLook)
    })
    if (this.#options.source.size - this.#written >= snapshotRhythm.entries) void this.write()
  }

  get #isFarBehind(): boolean {
    const { source, state } = this.#options
    return source.size - this.#written >= Math.max(mostBehind, state.parts.table.rows.used * mostBehindPart)
  }

  /** Writes a snapshot; the one that is being written is waited for. What the disk does not take is only noted. */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Stops a snapshot that is being written, and takes away the one that is there: it knows a machine that is to be forgotten. */
  async drop(): Promise<void> {
    this.#isWanted = false
    await this.#writing
    this.#isWanted = true
    rmSync(this.#options.snapshot, { force: true })
    this.#written = 0
  }

  /** Writes the last one, if there is anything new. Nothing is appended any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#writing
    if (this.#options.source.size > this.#written) await this.write()
  }

  async #write(): Promise<void> {
    const { snapshot, state, source, note } = this.#options
    const { size } = source
    try {
      if (await writeSnapshot(snapshot, state.parts, source, { isWanted: () => this.#isWanted })) this.#written = size
    } catch (error) {
      if (!(error instanceof ActivationError)) throw error
      note(`the snapshot of the counts is not written; a start takes longer without it: ${error.message}`)
    }
  }
}
