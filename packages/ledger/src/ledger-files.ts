import { join } from 'node:path'

/** How many entries a segment holds: its number and the place in it are the two halves of a 32-bit index. */
export const segmentEntries = 65_536

/** The files of a ledger's folder. Those of a segment are named for its number. */
export interface LedgerFiles {
  readonly dir: string
  /** The newest signed checkpoint. */
  readonly head: string
  /** What is just being erased; gone when it is done. */
  readonly journal: string
  /** Up to where retention has come. */
  readonly retained: string
  /** The newest signed note and the tiles of its size (C2SP tlog-tiles). */
  readonly tlog: string
  /** A file of a segment. */
  segment(kind: SegmentKind, number: number): string
}

/** The record; what may be erased beside it; a cache of the tree; a cache of the roots that were signed. */
export type SegmentKind = 'entries' | 'details' | 'tree' | 'heads'

/** The longest signed checkpoint, in bytes: more than any has. */
export const headLimit = 1_024

/** Names the files of a ledger's folder. */
export function ledgerFiles(dir: string): LedgerFiles {
  // Asked for with each proof, and joining a path costs as much as reading a hash.
  const paths = { entries: [], details: [], tree: [], heads: [] } as Record<SegmentKind, string[]>
  return {
    dir,
    head: join(dir, 'head.cose'),
    journal: join(dir, 'erase.journal'),
    retained: join(dir, 'retained'),
    tlog: join(dir, 'tlog'),
    segment: (kind, number) => (paths[kind][number] ??= join(dir, kind, segmentName(number))),
  }
}

/** The segment in which an entry stands. */
export function segmentOf(index: number): number {
  return Math.floor(index / segmentEntries)
}

/** Names the file of a segment, the same in every folder. */
export function segmentName(number: number): string {
  return `${String(number).padStart(6, '0')}.log`
}

/** Gives the number of a segment of its file's name; nothing for any other name. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^(\d{6,})\.log$/.exec(name)?.[1]
  const number = digits === undefined ? undefined : Number(digits)
  return number !== undefined && segmentName(number) === name ? number : undefined
}
