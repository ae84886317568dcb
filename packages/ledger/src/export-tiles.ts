import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { equal } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { MerkleTree } from '@volact/core/transparency/merkle'
import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import { leafOf } from './leaf-of.ts'
import { ledgerFiles } from './ledger-files.ts'
import { bundleFile, replaceFile, writeTiles } from './publish-tiles.ts'
import { readEntries } from './read-entries.ts'
import { tileWidth } from './tlog-tile.ts'
import { unverifiedNote } from './tlog-note.ts'
import { readNoteFile } from './verify-tiles.ts'

/** What was written for tools of transparency logs. */
export interface TilesReport {
  readonly size: number
  readonly bundles: number
  /** Bundles that were left out, because entries in them were erased: a bundle has room for whole entries only. */
  readonly leftOut: number
}

/** Writes the newest signed note with all its tiles and the bundles of its entries into an empty folder (C2SP tlog-tiles). */
export async function exportTiles(dir: string, folder: string): Promise<TilesReport> {
  const files = ledgerFiles(dir)
  const bytes = readNoteFile(files)
  const note = bytes && unverifiedNote(bytes)
  if (bytes === undefined || note === undefined)
    throw new ActivationError(
      'FILE_MISSING',
      `there is no signed note in ${files.tlog} yet; a running host signs one within ten seconds`,
    )
  try {
    mkdirSync(folder, { recursive: true })
    if (readdirSync(folder).length > 0) throw new ActivationError('USAGE', `${folder} is not empty; name a new folder`)
    const tree = new MerkleTree()
    let bundle: (Uint8Array | undefined)[] = []
    const counts = { size: note.size, bundles: 0, leftOut: 0 }
    for (const record of readEntries(files, 0, note.size)) {
      tree.append(new Uint8Array(leafOf(record)))
      bundle.push(record.erased ? undefined : new Uint8Array(record.body))
      if (bundle.length < tileWidth && tree.size < note.size) continue
      const isWhole = await writeBundle(folder, Math.floor((tree.size - 1) / tileWidth), bundle)
      counts[isWhole ? 'bundles' : 'leftOut'] += 1
      bundle = []
    }
    if (!equal(tree.root(), note.root)) throw damaged({ path: files.tlog }, 'the signed note is not of these entries')
    await writeTiles(tree, folder, { size: note.size, earlier: 0 })
    await replaceFile(join(folder, 'checkpoint'), bytes)
    return counts
  } catch (error) {
    throw fileError(error, 'write', folder)
  }
}

/** Writes the entries one after another, each behind its length (u16, big-endian). */
async function writeBundle(
  folder: string,
  number: number,
  entries: readonly (Uint8Array | undefined)[],
): Promise<boolean> {
  const whole = entries.filter((entry) => entry !== undefined)
  if (whole.length < entries.length) return false
  const bytes = Buffer.concat(whole.flatMap((entry) => [Buffer.from([entry.length >> 8, entry.length & 0xff]), entry]))
  await replaceFile(bundleFile(folder, number, entries.length), bytes)
  return true
}
