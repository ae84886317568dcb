import { equal, toHex } from '@volact/core/bytes'
import type { ForkNote } from '@volact/core/document/fork-entry'
import { type Branches, type BranchSign, branchSign, noBranches, withBranchEvent } from '@volact/core/licensing/forks'
import type { Instant } from '@volact/core/time'

/** How often requests have shown each sign, since the ledger began. */
export type SignCounts = Readonly<Record<Exclude<BranchSign, 'none'>, number>>

interface Notice {
  readonly index: number
  readonly nonce: Uint8Array
}

/** The branches of all licenses of a ledger, by the key of the license (rule 18). Made of the ledger's entries alone. */
export class LicenseBranches {
  readonly #branches = new Map<string, Branches>()
  readonly #notices = new Map<string, Notice>()
  readonly #counts = { fork: 0, 'fork-again': 0, twin: 0 }

  get counts(): SignCounts {
    return this.#counts
  }

  /** Tells what a request that names `prev` shows, where `last` is the last grant of its license. */
  sign(license: string, prev: Uint8Array | undefined, last: Uint8Array | undefined, now: Instant): BranchSign {
    const heads = { prev: prev && toHex(prev), last: last && toHex(last) }
    return branchSign(this.#branches.get(license) ?? noBranches, heads, now)
  }

  /** Takes in a note of the ledger, which stands before the grant that it belongs to. */
  apply(license: string, note: ForkNote, { index, time }: { readonly index: number; readonly time: Instant }): void {
    const superseded = toHex(note.superseded)
    const event =
      note.act === 'fork' ? { sign: note.act, superseded } : { sign: note.act, superseded, shown: toHex(note.shown) }
    this.#branches.set(license, withBranchEvent(this.#branches.get(license) ?? noBranches, event, time))
    this.#counts[note.act] += 1
    if (note.act === 'twin') this.#notices.set(license, { index, nonce: note.nonce })
  }

  /** The entry that tells the machine of the request with this nonce that it is a twin. */
  notice(license: string, nonce: Uint8Array): number | undefined {
    const notice = this.#notices.get(license)
    return notice !== undefined && equal(notice.nonce, nonce) ? notice.index : undefined
  }

  /** A license that was given back begins anew. */
  forget(license: string): void {
    this.#branches.delete(license)
    this.#notices.delete(license)
  }
}
