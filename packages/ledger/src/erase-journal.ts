import { closeSync, existsSync, fdatasyncSync, fstatSync, openSync, readFileSync, rmSync } from 'node:fs'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes, expectUint } from '@volact/core/cbor/expect'
import { concat, equal } from '@volact/core/bytes'
import { sha256 } from '@volact/core/crypto'
import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import type { LedgerFiles } from './ledger-files.ts'
import { openIfThere } from './open-if-there.ts'
import { readAt } from './read-at.ts'
import { checkHeader, encodeRecord, erasedEntry, headerLength, recordKinds, seedOf } from './record.ts'
import { writeAt } from './write-at.ts'

/** One thing to erase: an entry, details, or all details of a segment. */
export type Erasure =
  | {
      readonly kind: 'entry'
      readonly segment: number
      readonly offset: number
      readonly length: number
      readonly leaf: Uint8Array
    }
  | { readonly kind: 'details'; readonly segment: number; readonly offset: number; readonly length: number }
  | { readonly kind: 'segment'; readonly segment: number }

const digestLength = 32

/** Writes what is to be erased; ends with the SHA-256 of what is before it. */
export function encodeJournal(erasures: readonly Erasure[]): Uint8Array {
  const body = encodeCbor(erasures.map(toCbor))
  return concat(body, sha256(body))
}

/** Reads what is to be erased; nothing when the digest does not fit: then a crash came before anything was erased. */
export function parseJournal(bytes: Uint8Array): readonly Erasure[] | undefined {
  const body = bytes.subarray(0, Math.max(0, bytes.length - digestLength))
  if (bytes.length < digestLength || !equal(sha256(body), bytes.subarray(body.length))) return undefined
  return expectArray(decodeCbor(body), 'journal').map(fromCbor)
}

/** Finishes what a crash has interrupted. Doing it again does no harm. */
export function finishErasures(files: LedgerFiles): void {
  if (!existsSync(files.journal)) return
  try {
    const erasures = parseJournal(readFileSync(files.journal))
    if (erasures !== undefined) for (const descriptor of touch(files, erasures)) syncAndClose(descriptor)
    rmSync(files.journal)
  } catch (error) {
    throw fileError(error, 'write', files.journal)
  }
}

/** Overwrites, and gives the descriptors of the files that are to be synced and closed. */
export function touch(files: LedgerFiles, erasures: readonly Erasure[]): readonly number[] {
  const open = new Map<string, { readonly descriptor: number; readonly seed: number }>()
  try {
    for (const erasure of erasures) {
      if (erasure.kind === 'segment') removeDetails(files, erasure.segment)
      else overwrite(files, erasure, open)
    }
  } catch (error) {
    for (const { descriptor } of open.values()) closeSync(descriptor)
    throw error
  }
  return [...open.values()].map(({ descriptor }) => descriptor)
}

function overwrite(
  files: LedgerFiles,
  erasure: Exclude<Erasure, { kind: 'segment' }>,
  open: Map<string, { readonly descriptor: number; readonly seed: number }>,
): void {
  const kind = erasure.kind === 'entry' ? 'entries' : 'details'
  const path = files.segment(kind, erasure.segment)
  const file = open.get(path) ?? openFile(path, kind, erasure.segment)
  if (file === undefined) return // Details that are gone with their segment.
  open.set(path, file)
  const { descriptor, seed } = file
  const bytes =
    erasure.kind === 'entry'
      ? erasedEntry(erasure.leaf, erasure.length, seed)
      : encodeRecord(recordKinds.erasedDetails, new Uint8Array(erasure.length), seed)
  if (erasure.offset < headerLength || erasure.offset + bytes.length > fstatSync(descriptor).size)
    throw damaged({ path, offset: erasure.offset }, 'what is to be erased does not lie here')
  writeAt(descriptor, erasure.offset, bytes)
}

function openFile(
  path: string,
  kind: 'entries' | 'details',
  segment: number,
): { descriptor: number; seed: number } | undefined {
  if (kind === 'details' && !existsSync(path)) return undefined
  const descriptor = openSync(path, 'r+')
  const bytes = readAt(descriptor, 0, headerLength)
  checkHeader(bytes, kind, segment, path)
  return { descriptor, seed: seedOf(bytes) }
}

/** Overwrites before it removes: the blocks of a removed file keep their bytes until somebody else gets them. */
function removeDetails(files: LedgerFiles, segment: number): void {
  const path = files.segment('details', segment)
  const found = openIfThere(path)
  if (found === undefined) return
  closeSync(found)
  const descriptor = openSync(path, 'r+')
  const { size } = fstatSync(descriptor)
  const zeros = new Uint8Array(1 << 20)
  for (let at = 0; at < size; at += zeros.length) writeAt(descriptor, at, zeros, Math.min(zeros.length, size - at))
  syncAndClose(descriptor)
  rmSync(path)
}

function syncAndClose(descriptor: number): void {
  fdatasyncSync(descriptor)
  closeSync(descriptor)
}

function toCbor(erasure: Erasure): readonly (number | Uint8Array)[] {
  switch (erasure.kind) {
    case 'entry':
      return [0, erasure.segment, erasure.offset, erasure.length, erasure.leaf]
    case 'details':
      return [1, erasure.segment, erasure.offset, erasure.length]
    case 'segment':
      return [2, erasure.segment]
  }
}

function fromCbor(value: Parameters<typeof expectArray>[0]): Erasure {
  const what = 'journal'
  const [code, segment = null, offset = null, length = null, leaf = null] = expectArray(value, what)
  const number = expectUint(segment, what)
  if (code === 2) return { kind: 'segment', segment: number }
  const place = { segment: number, offset: expectUint(offset, what), length: expectUint(length, what) }
  return code === 0 ? { kind: 'entry', ...place, leaf: expectBytes(leaf, what) } : { kind: 'details', ...place }
}
