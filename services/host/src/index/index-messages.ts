import type { Instant } from '@volact/core/time'
import type { Retention } from '@volact/ledger/retain'
import type { IndexedVendor } from './index-vendor.ts'
import type { IndexNews } from './index-writer.ts'

/** What the thread of the index is started with. */
export interface IndexThreadData {
  readonly path: string
  readonly vendors: readonly IndexedVendor[]
  readonly now: Instant
  readonly retention: Retention
  readonly patience: number
}

/** What the thread is told and asked. */
export type ToIndex =
  | {
      readonly kind: 'grown'
      readonly now: Instant
      readonly retention: Retention
      readonly sizes: readonly (readonly [vendor: string, size: number])[]
    }
  /** Comes only once what was told before is taken in. */
  | { readonly kind: 'news'; readonly news: IndexNews }
  /** There are other products or vendors. */
  | { readonly kind: 'vendors'; readonly vendors: readonly IndexedVendor[] }
  | { readonly kind: 'ask'; readonly id: number; readonly question: IndexQuestion }

/** Questions to the thread of the index. */
export type IndexQuestion =
  /** Answered when everything is written that was told before, or cannot be. */
  | { readonly verb: 'sync' }
  /** The latest forks and twins of vendors, with their names. */
  | { readonly verb: 'forks'; readonly vendors: readonly string[] }
  /** Finds the entries that hold the bytes of a machine ID, and erases what the index has of it and of them. */
  | { readonly verb: 'entries-of'; readonly vendor: string; readonly machine: string }
  | { readonly verb: 'erase'; readonly vendor: string; readonly machine: string; readonly entries: readonly number[] }
  /** Writes what it can at once, and ends. */
  | { readonly verb: 'close' }

/** What the thread says. */
export type FromIndex =
  | { readonly kind: 'note'; readonly text: string }
  /** The news were taken in; more may come. */
  | { readonly kind: 'taken' }
  /** Up to which entry each ledger is in the index, and what keeps it from being written. */
  | {
      readonly kind: 'state'
      readonly next: readonly (readonly [vendor: string, next: number])[]
      readonly problem: string | undefined
    }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly code: string; readonly message: string }
