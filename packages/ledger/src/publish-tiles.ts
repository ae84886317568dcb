import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { equal } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { hashLength } from '@volact/core/transparency/node-hash'
import { fileError } from '@volact/files/file-error'
import type { Ledger } from './ledger.ts'
import { openNote, originOf, signNote } from './tlog-note.ts'
import { bundlePath, parseTilePath, type Tile, tilePath, tilesOf, tileWidth } from './tlog-tile.ts'

export interface PublishOptions {
  /** Leaf hash of entry 0; the origin of the note is made from it (`originOf`). */
  readonly logId: Uint8Array
  /** The Ed25519 note key. */
  readonly signer: Signer
  /** Is waited for after each tile: after a start there may be thousands, and whoever has something better to do comes first. */
  readonly pause?: () => Promise<void>
}

/** Ledgers whose newest tiles were written once more since they were opened: nothing here is synced, and a power cut may have taken some. */
const mended = new WeakSet<Ledger>()

/** More entries than come in the half minute after which the system has written everything. */
const unsure = 1_048_576

/**
 * Writes the tiles of the ledger's present size and then the signed note of it, if it has grown since the last one (rule 30). In small
 * steps, between which the host answers; without a sync, since all of it can be made again. Returns the size of the note.
 */
export async function publishTiles(ledger: Ledger, { logId, signer, pause }: PublishOptions): Promise<number> {
  const { tlog } = ledger.files
  const origin = originOf(logId)
  const { size } = ledger
  const root = ledger.root()
  try {
    const before = openNote(readNote(tlog), origin, signer.publicKey)?.size ?? 0
    // After a ledger was brought back from a backup, the old tiles beyond its end are another's.
    if (before > size) rmSync(tlog, { recursive: true, force: true })
    else if (before === size && mended.has(ledger)) return size
    const from = before > size ? 0 : mended.has(ledger) ? before : Math.max(0, before - unsure)
    await writeTiles(ledger, tlog, { size, earlier: from, ...(pause && { pause }) })
    if (!mended.has(ledger)) await rewritePartials(ledger, tlog, size)
    mended.add(ledger)
    await replaceFile(join(tlog, 'checkpoint'), Buffer.from(signNote({ origin, size, root }, signer)))
    return size
  } catch (error) {
    throw fileError(error, 'write', tlog)
  }
}

/** Which tiles are written: those of a size, but for the full ones that were there at an earlier size. */
export interface TilesToWrite extends Pick<PublishOptions, 'pause'> {
  readonly size: number
  readonly earlier: number
}

/** Writes tiles of a ledger below a folder. */
export async function writeTiles(
  ledger: TreeOfTiles,
  folder: string,
  { size, earlier, pause }: TilesToWrite,
): Promise<void> {
  for (const tile of tilesOf(size, earlier)) {
    await replaceFile(join(folder, tilePath(tile)), tileBytes(ledger, tile))
    // Partial tiles stay until the full one is there: somebody may hold a note of their size.
    if (tile.width === tileWidth) rmSync(join(folder, `${tilePath(tile)}.p`), { recursive: true, force: true })
    await pause?.()
  }
}

/** Writes the partial tiles again that earlier notes have left. */
async function rewritePartials(ledger: Ledger, folder: string, size: number): Promise<void> {
  for (const { level, number, width: present } of tilesOf(size, size)) {
    const path = join(folder, tilePath({ level, number, width: tileWidth }))
    for (const name of existsSync(`${path}.p`) ? readdirSync(`${path}.p`) : []) {
      const tile = parseTilePath(`${tilePath({ level, number, width: tileWidth })}.p/${name}`)
      if (tile !== undefined && tile.width < present) {
        await replaceFile(join(folder, tilePath(tile)), tileBytes(ledger, tile))
      }
    }
  }
}

/** What tiles are made from: the nodes of complete subtrees, and the hashes of leaves that stand in none yet. */
export interface TreeOfTiles {
  /** Copies a node: the root of the 2^height leaves from number × 2^height on. */
  takeNode(height: number, number: number, take: (bytes: Uint8Array, offset: number) => void): void
}

/** Gives the bytes of a tile: hashes of one level, 8 levels of the tree above those of the tile below. */
export function tileBytes(ledger: TreeOfTiles, { level, number, width }: Tile): Uint8Array {
  const bytes = new Uint8Array(width * hashLength)
  for (let place = 0; place < width; place += 1) {
    ledger.takeNode(8 * level, number * tileWidth + place, (hash, offset) => {
      bytes.set(hash.subarray(offset, offset + hashLength), place * hashLength)
    })
  }
  return bytes
}

/** Gives the path of a bundle of entries below a folder. */
export function bundleFile(folder: string, number: number, width: number): string {
  return join(folder, bundlePath(number, width))
}

/**
 * Puts a file in its place at once, so that who reads it meanwhile sees the old or the new one. One that is replaced is written in the thread
 * pool, because a file system may take milliseconds over that; a new one is written here, which takes less than the way to the pool.
 * Whatever is to be done, the event loop turns once.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.new`
  const present = statSync(path, { throwIfNoEntry: false })
  if (present === undefined) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    writeFileSync(fresh, bytes)
    renameSync(fresh, path)
  } else if (present.size !== bytes.length || !equal(readFileSync(path), bytes)) {
    await writeFile(fresh, bytes)
    await rename(fresh, path)
    return
  }
  await setImmediate()
}

function readNote(tlog: string): Uint8Array {
  const path = join(tlog, 'checkpoint')
  return statSync(path, { throwIfNoEntry: false }) === undefined ? new Uint8Array(0) : readFileSync(path)
}
