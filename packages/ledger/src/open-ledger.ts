import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { parseEntry } from '@volact/core/document/ledger-entry'
import type { TreeHead } from '@volact/core/document/tree-head'
import type { MerkleTree } from '@volact/core/transparency/merkle'
import { leafHash } from '@volact/core/transparency/node-hash'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import { DetailsLog } from './details-log.ts'
import { EntryLog, type SyncFile } from './entry-log.ts'
import { finishErasures } from './erase-journal.ts'
import { Eraser } from './eraser.ts'
import { finishForgetting } from './finish-forgetting.ts'
import { type FoundSegment, readSegment } from './found-segment.ts'
import { openHead, readHead } from './head-file.ts'
import { HeadRoots } from './head-roots.ts'
import { Ledger } from './ledger.ts'
import { lastSegment } from './last-segment.ts'
import { type LedgerFiles, ledgerFiles, segmentName } from './ledger-files.ts'
import { NodeCache } from './node-cache.ts'
import { OpenFiles } from './open-files.ts'
import { EntryBlocks, openTree } from './open-tree.ts'
import { readEntries } from './read-entries.ts'
import { header, saltLength } from './record.ts'

export interface OpenLedgerOptions {
  /** Makes an empty ledger where there is none. */
  readonly create?: boolean
  /** Keys, beside that of entry 0, that may have signed the head: those of renewed certificates. */
  readonly keys?: readonly PublicKey[]
  /** How a batch is made durable; else by fdatasync. */
  readonly sync?: SyncFile
}

/**
 * Opens the ledger in a folder. It reads the newest segment and the tree's cache, not years; the cache is checked against the signed
 * head, and made anew where it does not fit. A batch that a crash left unfinished is cut off, and `notes` says so. Anything else
 * that does not fit is `LEDGER_DAMAGED` with file, offset and index.
 */
export function openLedger(dir: string, { create = false, keys = [], sync }: OpenLedgerOptions = {}): Ledger {
  const files = ledgerFiles(dir)
  const first = files.segment('entries', 0)
  const openFiles = new OpenFiles('r')
  const caches = new OpenFiles(constants.O_RDWR | constants.O_CREAT)
  try {
    if (create && statSync(dirname(first), { throwIfNoEntry: false }) === undefined) createFiles(files)
    finishErasures(files)
    return recover({ files, keys, sync, openFiles, caches, notes: [] })
  } catch (error) {
    openFiles.close()
    caches.close()
    throw fileError(error, 'read', first)
  }
}

interface Opening {
  readonly files: LedgerFiles
  readonly keys: readonly PublicKey[]
  readonly sync: SyncFile | undefined
  readonly openFiles: OpenFiles
  readonly caches: OpenFiles
  readonly notes: string[]
}

/** The folder of the entries comes into its place by a rename: when it is there, so is its first file. */
function createFiles(files: LedgerFiles): void {
  const { dir } = files
  const fresh = join(dir, 'entries.new')
  mkdirSync(fresh, { recursive: true, mode: 0o700 })
  writeDurably(join(fresh, segmentName(0)), header('entries', 0, randomBytes(saltLength)))
  renameSync(fresh, dirname(files.segment('entries', 0)))
  syncFolder(dir)
}

function recover(opening: Opening): Ledger {
  const { files, notes } = opening
  const number = lastSegment(files, notes)
  const path = files.segment('entries', number)
  const descriptor = openSync(path, 'r+')
  try {
    const found = readSegment(descriptor, number, path)
    const head = found.size === 0 ? undefined : trustedHead(opening)
    cutTail(descriptor, path, found, head?.size ?? 0, notes)
    const ledger = assemble(opening, descriptor, found, head)
    finishForgetting(ledger, found)
    return ledger
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** A head that is missing, spoiled or of another log covers nothing, and is no harm: the host signs a new one at its start. */
function trustedHead({ files, keys }: Opening): TreeHead | undefined {
  const bytes = readHead(files.head)
  const [entry] = readEntries(files, 0, 1)
  if (bytes === undefined || entry === undefined || entry.erased) return undefined
  const first = parseEntry(entry.body)
  if (first.kind !== 'host-activation') return undefined
  const head = openHead(bytes, [first.signingKey, ...keys])
  return head !== undefined && equal(head.logId, leafHash(entry.body)) ? head : undefined
}

/**
 * Cuts off a batch that was never acknowledged. The next batch is only written when the last one is durable: so where a later one
 * stands behind what is not whole, something durable was damaged; where none does, it is the end that a crash has torn, also if
 * the disk has written its parts out of order.
 */
function cutTail(descriptor: number, path: string, found: FoundSegment, covered: number, notes: string[]): void {
  const { end: offset, size: index, fileSize } = found
  const place = { path, offset, index, ...found.broken }
  if (index < covered) throw damaged(place, `the signed head covers ${covered} entries, and only ${index} are whole`)
  if (offset === fileSize) return
  if (found.hasMore) throw damaged(place, 'whole batches stand behind one that is not')
  ftruncateSync(descriptor, offset)
  fdatasyncSync(descriptor)
  notes.push(`${path}: cut off ${fileSize - offset} bytes behind entry ${index - 1} that a crash left unfinished`)
}

/** Places of the newest entries: those of four subtrees. */
const places = 1_024

function assemble(opening: Opening, descriptor: number, found: FoundSegment, head: TreeHead | undefined): Ledger {
  const { files, notes, openFiles, caches } = opening
  const offsets = new Uint32Array(places)
  const blocks = new EntryBlocks(files)
  const cache = new NodeCache(files, caches, offsets, (number, nodes, at) => {
    blocks.build(number, nodes, at)
  })
  const tree = checkedTree(opening, cache, offsets, found, head)
  blocks.endOrder()
  return new Ledger({
    files,
    open: openFiles,
    caches,
    log: new EntryLog(files, { segment: found.number, ...found, descriptor }, opening.sync),
    details: new DetailsLog(files, (text) => notes.push(text)),
    heads: new HeadRoots(files, caches),
    cache,
    eraser: new Eraser(files),
    tree,
    offsets,
    offsetsFrom: Math.floor(found.size / 256) * 256,
    lastTime: found.lastTime,
    notes,
  })
}

/** The cache is believed when it leads to the signed root. Where it does not, or no head is left to say so, the entries decide. */
function checkedTree(
  { files, notes, caches }: Opening,
  cache: NodeCache,
  offsets: Uint32Array,
  found: FoundSegment,
  head: TreeHead | undefined,
): MerkleTree {
  // What the newest segment has in the cache is compared with its entries anyway.
  if (head !== undefined || found.number === 0) {
    const tree = openTree(cache, offsets, found)
    if (head === undefined || equal(tree.rootAt(head.size), head.root)) return tree
  }
  dropCache(files, caches, cache)
  const again = openTree(cache, offsets, found)
  if (head === undefined) return again
  const path = files.segment('entries', 0)
  if (!equal(again.rootAt(head.size), head.root))
    throw damaged({ path: dirname(path) }, `its first ${head.size} entries are not those that the head was signed over`)
  notes.push(`${dirname(files.segment('tree', 0))}: did not fit the signed head, and was made anew from the entries`)
  return again
}

function dropCache(files: LedgerFiles, caches: OpenFiles, cache: NodeCache): void {
  caches.close()
  cache.distrust()
  rmSync(dirname(files.segment('tree', 0)), { recursive: true, force: true })
}
