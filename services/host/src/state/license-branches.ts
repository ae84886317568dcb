import { equal, toHex } from '@volact/core/bytes'
import type { ForkNote } from '@volact/core/document/fork-entry'
import { type Branches, type BranchSign, branchSign, noBranches, withBranchEvent } from '@volact/core/licensing/forks'
import type { Instant } from '@volact/core/time'

/** How often requests have shown each sign, since the ledger began. */
export type SignCounts = Readonly<Record<Exclude<BranchSign, 'none'>, number>>

/** The most licenses of which branches are remembered; beyond it, those are forgotten whose last sign is the oldest. */
export const mostBranched = 65_536

interface Notice {
  readonly index: number
  readonly nonce: Uint8Array
}

/** What is remembered of a license that has branched. */
export interface Branched {
  readonly branches: Branches
  readonly notice?: Notice
}

/** The branches of all licenses of a ledger, by the key of the license (rule 18). Made of the ledger's entries alone. */
export class LicenseBranches {
  readonly #branched = new Map<string, Branched>()
  #counts: SignCounts = { fork: 0, 'fork-again': 0, twin: 0 }

  get counts(): SignCounts {
    return this.#counts
  }

  /** The licenses that have branched, that of the oldest sign first. */
  get list(): ReadonlyMap<string, Branched> {
    return this.#branched
  }

  get(license: string): Branched | undefined {
    return this.#branched.get(license)
  }

  /** Sets what was remembered before, of one license and in all. */
  restore(license: string, branched: Branched | undefined, counts: SignCounts): void {
    this.#counts = counts
    if (branched === undefined) this.#branched.delete(license)
    else this.#branched.set(license, branched)
  }

  setCounts(counts: SignCounts): void {
    this.#counts = counts
  }

  /** Tells what a request that names `prev` shows, where `last` is the last grant of its license. */
  sign(license: string, prev: Uint8Array | undefined, last: Uint8Array | undefined, now: Instant): BranchSign {
    const heads = { prev: prev && toHex(prev), last: last && toHex(last) }
    return branchSign(this.#branched.get(license)?.branches ?? noBranches, heads, now)
  }

  /** Takes in a note of the ledger, which stands before the grant that it belongs to. */
  apply(license: string, note: ForkNote, { index, time }: { readonly index: number; readonly time: Instant }): void {
    const superseded = toHex(note.superseded)
    const event =
      note.act === 'fork' ? { sign: note.act, superseded } : { sign: note.act, superseded, shown: toHex(note.shown) }
    const before = this.#branched.get(license)
    const notice = note.act === 'twin' ? { index, nonce: note.nonce } : before?.notice
    const branches = withBranchEvent(before?.branches ?? noBranches, event, time)
    this.#branched.delete(license)
    this.#branched.set(license, { branches, ...(notice && { notice }) })
    this.#counts = { ...this.#counts, [note.act]: this.#counts[note.act] + 1 }
    const [oldest] = this.#branched.keys()
    if (this.#branched.size > mostBranched && oldest !== undefined) this.#branched.delete(oldest)
  }

  /** The entry that tells the machine of the request with this nonce that it is a twin. */
  notice(license: string, nonce: Uint8Array): number | undefined {
    const notice = this.#branched.get(license)?.notice
    return notice !== undefined && equal(notice.nonce, nonce) ? notice.index : undefined
  }

  /** A license that was given back begins anew. */
  forget(license: string): void {
    this.#branched.delete(license)
  }
}
