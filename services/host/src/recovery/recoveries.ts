import { existsSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes, expectUint } from '@volact/core/cbor/expect'
import type { CborValue } from '@volact/core/cbor/value'
import type { TreeHeadClaims } from '@volact/core/document/tree-head'
import { openContainer } from '@volact/core/document/container'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { parseRecovery, type Recovery } from '@volact/core/document/recovery'
import type { Instant } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import type { Ledger } from '@volact/ledger/ledger'
import { fileLimits } from '../folder/files.ts'

/** A recovery that stands in the ledger. */
export interface StoredRecovery extends Recovery {
  /** Place of its entry. */
  readonly index: number
  /** The bytes of the entry. */
  readonly entry: Uint8Array
}

/** The recoveries of a ledger (rule 27), oldest first. */
export class Recoveries {
  readonly all: readonly StoredRecovery[]

  constructor(all: readonly StoredRecovery[]) {
    this.all = all
  }

  /**
   * Finds the recovery by which a checkpoint of our own is lost that is not in our tree: it lies beyond what was kept, and was signed
   * before the recovery. One that was signed later was signed by a second copy of this host, which nothing excuses (rule 26).
   */
  excusing({ size, time }: Pick<TreeHeadClaims, 'size' | 'time'>): StoredRecovery | undefined {
    return this.all.findLast((recovery) => size > recovery.kept && time <= recovery.number)
  }

  /** Finds a recovery that somebody asks for by its number. */
  ofNumber(number: number | undefined): StoredRecovery | undefined {
    return this.all.find((recovery) => recovery.number === number)
  }

  /** The number of the next one: at least the time, and so strictly increasing also where the last one was lost with what stood behind it. */
  nextNumber(now: Instant): number {
    return Math.max(now, ...this.all.map(({ number }) => number + 1))
  }
}

const form = { name: 'volact-recoveries', version: 1, what: 'list of recoveries' }

/**
 * Reads the recoveries of a ledger from the list beside it, so that no start searches years for them. What a crash has kept from the
 * ledger does not count: the ledger is the record.
 */
export function openRecoveries(path: string, ledger: Ledger): Recoveries {
  if (!existsSync(path)) return new Recoveries([])
  const list = expectArray(openContainer(readLimited(path, fileLimits.recoveries, form.what), form), form.what)
  const places = list.map(placeOf).filter(([index, entry]) => stands(ledger, index, entry))
  return new Recoveries(places.map(([index, entry]) => storedRecovery(index, entry)))
}

/** Writes the list, before the entry of its last recovery is appended. */
export function writeRecoveries(path: string, recoveries: readonly Pick<StoredRecovery, 'index' | 'entry'>[]): void {
  writeDurably(path, encodeCbor([form.name, form.version, recoveries.map(({ index, entry }) => [index, entry])]))
}

/** Reads a recovery out of the bytes of its entry. */
export function storedRecovery(index: number, bytes: Uint8Array): StoredRecovery {
  const entry = parseEntry(bytes)
  if (entry.kind !== 'recovery') throw new Error(`entry ${index} is a ${entry.kind}, and was to be a recovery`)
  return { ...parseRecovery(entry.document), index, entry: bytes }
}

function placeOf(value: CborValue): readonly [number, Uint8Array] {
  const [index = null, entry = null] = expectArray(value, form.what, 2)
  return [expectUint(index, form.what), expectBytes(entry, form.what)]
}

function stands(ledger: Ledger, index: number, entry: Uint8Array): boolean {
  if (index >= ledger.size) return false
  const found = ledger.entry(index)
  return found !== undefined && equal(found, entry)
}
