import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { systemCode } from '@volact/files/file-error'
import { filesBelow } from './cover.ts'
import { damaged } from './damage.ts'
import type { LedgerFiles } from './ledger-files.ts'
import { tileBytes, type TreeOfTiles } from './publish-tiles.ts'
import { type NoteHead, openNote, originOf } from './tlog-note.ts'
import { parseTilePath, type Tile } from './tlog-tile.ts'

/** Compares a tile with what the tree makes of it; one that is not there is not missed. */
export function readTile(path: string, wanted: Uint8Array): void {
  const found = readOr(path)
  if (found !== undefined && !equal(found, wanted)) throw damaged({ path }, 'this tile is not what the entries make')
}

/** Reads the newest signed note; nothing when there is none. */
export function readNoteFile(files: LedgerFiles): Uint8Array | undefined {
  return readOr(join(files.tlog, 'checkpoint'))
}

/** Checks the signature of the note that was read before the entries were. */
export function verifyNote(
  files: LedgerFiles,
  bytes: Uint8Array,
  keys: readonly PublicKey[],
  logId: Uint8Array,
): NoteHead {
  for (const key of keys) {
    const note = openNote(bytes, originOf(logId), key)
    if (note !== undefined) return note
  }
  throw damaged({ path: join(files.tlog, 'checkpoint') }, 'it is no note that a key of this log has signed')
}

/** Compares all tiles but those of complete subtrees' leaves, which were compared when these were complete. */
export function verifyTiles(
  { tlog }: LedgerFiles,
  tree: TreeOfTiles & { readonly size: number },
  hasGrown: () => boolean,
): void {
  for (const name of namesBelow(tlog)) {
    const tile = parseTilePath(name)
    if (tile === undefined || (tile.level === 0 && (tile.number + 1) * 256 <= tree.size)) continue
    const path = join(tlog, name)
    if (lastLeaf(tile) <= tree.size) readTile(path, tileBytes(tree, tile))
    else if (!hasGrown()) throw damaged({ path }, 'this tile holds more than the ledger')
  }
}

function lastLeaf({ level, number, width }: Tile): number {
  return (number * 256 + width) * 256 ** level
}

function namesBelow(folder: string): readonly string[] {
  try {
    return filesBelow(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

function readOr(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
