import { randomBytes } from 'node:crypto'
import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, statSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import type { TreeHead } from '@volact/core/document/tree-head'
import { MerkleTree } from '@volact/core/transparency/merkle'
import { leafHash } from '@volact/core/transparency/node-hash'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import { DetailsLog } from './details-log.ts'
import { openHead, readHead } from './head-file.ts'
import { type FoundLedger, Ledger } from './ledger.ts'
import { type LedgerFiles, ledgerFiles } from './ledger-files.ts'
import { RecordReader } from './record-reader.ts'
import { header, saltLength } from './record.ts'

export interface OpenLedgerOptions {
  /** Makes an empty ledger where there is none. */
  readonly create?: boolean
  /** Keys, beside that of entry 0, that may have signed the head: those of renewed certificates. */
  readonly keys?: readonly PublicKey[]
}

/**
 * Opens the ledger in a folder, and builds its tree from all entries. A write that a crash left unfinished behind the last
 * signed head is cut off, and `notes` says so. Anything else that does not fit is `LEDGER_DAMAGED` with file, offset and index.
 */
export function openLedger(dir: string, { create = false, keys = [] }: OpenLedgerOptions = {}): Ledger {
  const files = ledgerFiles(dir)
  try {
    if (create && statSync(files.entries, { throwIfNoEntry: false }) === undefined) createFiles(dir, files)
    const descriptor = openSync(files.entries, 'r+')
    try {
      return new Ledger(recover(files, descriptor, keys))
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  } catch (error) {
    throw fileError(error, 'read', files.entries)
  }
}

function createFiles(dir: string, files: LedgerFiles): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeDurably(files.entries, header('entries', randomBytes(saltLength)))
  syncFolder(dir)
}

function recover(files: LedgerFiles, descriptor: number, keys: readonly PublicKey[]): FoundLedger {
  const reader = new RecordReader(descriptor, 'entries', files.entries)
  const tree = new MerkleTree()
  const offsets = [reader.offset]
  let first: Uint8Array | undefined
  let last: Uint8Array | undefined
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    tree.append(leafHash(record.bytes))
    offsets.push(reader.offset)
    first ??= record.bytes
    last = record.bytes
  }
  const head = first && trustedHead(files, first, keys)
  const cut = cutTail(files, descriptor, reader, tree.size, head?.size ?? 0)
  if (head !== undefined) checkHead(files, tree, head)
  const details = new DetailsLog(files.details)
  const lastTime = last === undefined ? 0 : entryTime(parseEntry(last))
  return { files, descriptor, seed: reader.seed, details, tree, offsets, lastTime, notes: [...cut, ...details.notes] }
}

/** A head that is missing, spoiled or of another log covers nothing, and is no harm: the host signs a new one at its start. */
function trustedHead(files: LedgerFiles, entry0: Uint8Array, keys: readonly PublicKey[]): TreeHead | undefined {
  const bytes = readHead(files.head)
  const first = parseEntry(entry0)
  if (bytes === undefined || first.kind !== 'host-activation') return undefined
  const head = openHead(bytes, [first.signingKey, ...keys])
  return head !== undefined && equal(head.logId, leafHash(entry0)) ? head : undefined
}

function cutTail(
  files: LedgerFiles,
  descriptor: number,
  reader: RecordReader,
  index: number,
  covered: number,
): readonly string[] {
  const { offset, size } = reader
  const damage = { path: files.entries, offset, index }
  if (index < covered) throw damaged(damage, `the signed head covers ${covered} entries, and only ${index} are whole`)
  if (offset === size) return []
  if (reader.hasRecordBehind()) throw damaged(damage, 'whole entries stand behind one that is not')
  ftruncateSync(descriptor, offset)
  fdatasyncSync(descriptor)
  return [`${files.entries}: cut off ${size - offset} bytes behind entry ${index - 1} that a crash left unfinished`]
}

function checkHead(files: LedgerFiles, tree: MerkleTree, head: TreeHead): void {
  if (equal(tree.rootAt(head.size), head.root)) return
  throw damaged({ path: files.entries }, `its first ${head.size} entries are not those that the head was signed over`)
}
