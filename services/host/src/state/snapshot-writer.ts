import { closeSync, fdatasync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { syncFolder } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { SnapshotBlocks } from './snapshot-blocks.ts'
import { encodeHeader, encodeTrailer, snapshotMark } from './snapshot-format.ts'
import type { StateParts } from './state-parts.ts'

/** What of a ledger a snapshot is of. */
export interface SnapshotSource {
  readonly logId: Uint8Array
  readonly size: number
  root(): Uint8Array
}

/** How a snapshot is written. */
export interface SnapshotOptions {
  /** Ends it early, as soon as it is no longer wanted. */
  readonly isWanted?: () => boolean
  /** Machines that are written in one turn of the event loop; by default as many as take a third of a millisecond. */
  readonly machinesPerStep?: number
}

const defaults = { isWanted: () => true, machinesPerStep: 1_024 }

/** Bytes between two syncs, so that the disk never has much to write before a batch of the ledger. */
const bytesPerSync = 4_194_304

const dataSync = promisify(fdatasync)

/**
 * Writes the state beside the ledger while the host serves. Rows are written a part a turn, so that later ones may know entries that
 * earlier ones do not: who reads them takes in again all entries from the size at which this began. Tells whether it was written.
 */
export async function writeSnapshot(
  path: string,
  state: StateParts,
  source: SnapshotSource,
  options: SnapshotOptions = {},
): Promise<boolean> {
  const chosen = { ...defaults, ...options }
  const fresh = `${path}.new`
  try {
    const file = new SnapshotFile(fresh)
    try {
      const isWhole = await writeTo(file, state, source, chosen)
      if (isWhole) await file.finish()
      if (!isWhole || !chosen.isWanted()) return false
    } finally {
      file.close()
    }
    renameSync(fresh, path)
    syncFolder(dirname(path))
    return true
  } catch (error) {
    throw fileError(error, 'write', path)
  } finally {
    rmSync(fresh, { force: true })
  }
}

async function writeTo(
  file: SnapshotFile,
  state: StateParts,
  source: SnapshotSource,
  { isWanted, machinesPerStep }: Required<SnapshotOptions>,
): Promise<boolean> {
  const { rollbacks } = state
  file.write(await between(state, () => headerOf(state, source)))
  const blocks = new SnapshotBlocks(state, machinesPerStep)
  for (let row = 0; row < state.table.rows.end;) {
    row = blocks.fill(row, Math.min(row + machinesPerStep, state.table.rows.end))
    file.write(blocks.bytes())
    await setImmediate()
    await file.syncSome()
    if (!isWanted()) return false
  }
  file.write(await between(state, () => trailerOf(state, source)))
  // Rows may have been read that were taken back since.
  return state.rollbacks === rollbacks
}

/** Makes something of the state when all of it is durable: rows are read while batches are on their way to the disk. */
function between<T>(state: StateParts, make: () => T): Promise<T> {
  return new Promise((resolve) => {
    state.between(() => {
      resolve(make())
    })
  })
}

function trailerOf({ time, licenses }: StateParts, { size }: SnapshotSource): Uint8Array {
  const trailer = encodeTrailer({ size, time, peaks: licenses.peaks() })
  return new Uint8Array(Buffer.concat([wordsOf(0, 0, trailer.length), trailer]))
}

function headerOf(state: StateParts, source: SnapshotSource): Uint8Array {
  const { table, catalog, branches, releases, pools, places, expected, time } = state
  const { products, rows, key } = table
  const header = encodeHeader({
    ...{ logId: source.logId, size: source.size, root: source.root(), time, key, rows: rows.used },
    applications: catalog.applications.map(({ id }) => id),
    products: products.ids.map((id, number) => ({ id, application: products.application(number) })),
    ...{ signs: branches.counts, branches: branches.list, releases: releases.list, pools },
    ...{ joined: places.joined, places: places.places, poolPeaks: places.peaks, expected },
  })
  return new Uint8Array(Buffer.concat([wordsOf(snapshotMark, header.length), header]))
}

function wordsOf(...words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer)
}

/** A new file, each part of which ends with the CRC-32 of what was written before. */
class SnapshotFile {
  readonly #descriptor: number
  #checksum = 0
  #unsynced = 0
  #isOpen = true

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w', 0o600)
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#checksum = crc32(bytes, this.#checksum)
    this.#append(bytes)
    this.#append(wordsOf(this.#checksum))
  }

  async syncSome(): Promise<void> {
    if (this.#unsynced < bytesPerSync) return
    this.#unsynced = 0
    await dataSync(this.#descriptor)
  }

  async finish(): Promise<void> {
    await dataSync(this.#descriptor)
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#descriptor)
    this.#isOpen = false
  }

  #append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done)
    this.#unsynced += bytes.length
  }
}
