import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import { type LedgerFiles, segmentOf } from './ledger-files.ts'
import type { NodeCache } from './node-cache.ts'
import type { OpenFiles } from './open-files.ts'
import { readAt } from './read-at.ts'
import { headerLength, prefixLength, recordAt, recordLimit, seedOf } from './record.ts'

/** What tells where an entry lies. */
export interface EntryPlaces {
  readonly files: LedgerFiles
  /** The files of the entries. */
  readonly open: OpenFiles
  readonly cache: NodeCache
  readonly tree: { readonly size: number }
  /** Where the newest entries lie in their segments: that of entry i at i modulo its length. */
  readonly offsets: Uint32Array
  /** The first entry whose place is among them. */
  readonly offsetsFrom: number
}

/** The record of an entry on the disk, and where in its segment it begins. */
export interface FoundRecord {
  readonly offset: number
  readonly kind: number
  readonly body: Buffer
}

/** More than most entries have, and what one reading brings. */
const usualLength = 1_024

/** Finds single entries on the disk: the newest by what memory knows of their places, older ones by the tree's cache. */
export class EntryFinder {
  readonly #places: EntryPlaces
  readonly #seeds = new Map<number, number>()

  constructor(places: EntryPlaces) {
    this.#places = places
  }

  /** Gives the record of an entry that is in the tree. `LEDGER_DAMAGED` when the disk no longer has it as it was. */
  find(index: number): FoundRecord {
    const path = this.#places.files.segment('entries', segmentOf(index))
    const offset = this.#offsetOf(index)
    const seed = this.#seedOf(segmentOf(index), path)
    let bytes = this.#read(path, offset, usualLength)
    let length = recordAt(bytes, 0, seed)
    if (length === 0) {
      bytes = this.#read(path, offset, prefixLength + recordLimit)
      length = recordAt(bytes, 0, seed)
    }
    if (length === 0) throw damaged({ path, offset, index }, 'the checksum does not fit')
    return { offset, kind: Number(bytes[prefixLength - 1]), body: bytes.subarray(prefixLength, prefixLength + length) }
  }

  #offsetOf(index: number): number {
    const { offsets, offsetsFrom, tree, cache } = this.#places
    const isNew = index >= offsetsFrom && index >= tree.size - offsets.length
    return isNew ? Number(offsets[index % offsets.length]) : cache.offsetOf(index)
  }

  #seedOf(segment: number, path: string): number {
    const known = this.#seeds.get(segment)
    if (known !== undefined) return known
    const seed = seedOf(this.#read(path, 0, headerLength))
    this.#seeds.set(segment, seed)
    return seed
  }

  #read(path: string, offset: number, length: number): Buffer {
    try {
      return readAt(this.#places.open.get(path), offset, length)
    } catch (error) {
      throw fileError(error, 'read', path)
    }
  }
}
