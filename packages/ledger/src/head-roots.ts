import { hashLength } from '@volact/core/transparency/node-hash'
import { type LedgerFiles, segmentEntries, segmentOf } from './ledger-files.ts'
import type { OpenFiles } from './open-files.ts'
import { readAt } from './read-at.ts'
import { writeAt } from './write-at.ts'

/**
 * Remembers which root was signed for which size: 32 bytes for each size, zeros where none was. It lies on the disk, not in memory:
 * an idle host signs a head for each entry. A cache, written without a sync.
 */
export class HeadRoots {
  readonly #files: LedgerFiles
  readonly #open: OpenFiles
  /** What was read last: machines that were granted together come again together, with the same checkpoint or the next. */
  #page: { readonly number: number; readonly bytes: Uint8Array } | undefined

  constructor(files: LedgerFiles, open: OpenFiles) {
    this.#files = files
    this.#open = open
  }

  /** Remembers the root of a size; that it cannot is no failure. */
  remember(size: number, root: Uint8Array): void {
    if (pageOf(size) === this.#page?.number) this.#page = undefined
    try {
      writeAt(this.#open.getInFolder(this.#path(size)), placeOf(size), root, hashLength)
    } catch {
      // The root is computed from the tree when somebody asks.
    }
  }

  /** Gives the root that was signed for a size, if it is remembered. */
  root(size: number): Uint8Array | undefined {
    try {
      const at = placeOf(size) % pageLength
      const root = this.#read(size).slice(at, at + hashLength)
      return root.length === hashLength && root.some((byte) => byte !== 0) ? root : undefined
    } catch {
      return undefined
    }
  }

  #read(size: number): Uint8Array {
    const number = pageOf(size)
    if (this.#page?.number !== number) {
      const begin = placeOf(size) - (placeOf(size) % pageLength)
      // Until it is there: reading may fail.
      this.#page = undefined
      this.#page = { number, bytes: new Uint8Array(readAt(this.#open.get(this.#path(size)), begin, pageLength)) }
    }
    return this.#page.bytes
  }

  #path(size: number): string {
    return this.#files.segment('heads', segmentOf(size - 1))
  }
}

/** What is read at once. */
const pageLength = 4_096

/** The page, over all segments, in which the root of a size stands. */
function pageOf(size: number): number {
  return Math.floor(((size - 1) * hashLength) / pageLength)
}

/** Where the root of a size stands in the file of its last entry's segment. */
export function placeOf(size: number): number {
  return ((size - 1) % segmentEntries) * hashLength
}
