import { days, type Duration, type Instant } from '../time.ts'

/** A superseded head that shows again twice within this time makes a twin (rule 18); the second time may be its last second. */
export const twinWindow: Duration = days(60)

/** How many superseded heads of a license are remembered, and how many that were told (rule 18). */
export const mostSuperseded = 4

/**
 * The branches of one license, as its ledger shows them. A head is the `cti` of a grant, as text in one form; compared, never read.
 */
export interface Branches {
  /** Heads that were replaced by a grant to who did not name them, oldest first. No single machine names one of them again. */
  readonly superseded: readonly string[]
  /** Heads of the branches that were told they are twins. Who names one has not got the answer, and is told again. */
  readonly told: readonly string[]
  /** When a superseded head was last named again. */
  readonly lastSign?: Instant
}

/** What a granted request shows of the branches of its license. */
export type BranchSign = 'none' | 'fork' | 'fork-again' | 'twin'

/** A sign, with the head that the new grant replaces, and the one that was named though it had been replaced before. */
export type BranchEvent =
  | { readonly sign: 'fork'; readonly superseded: string }
  | { readonly sign: 'fork-again' | 'twin'; readonly superseded: string; readonly shown: string }

/** A license that has not branched. */
export const noBranches: Branches = { superseded: [], told: [] }

/**
 * Tells what a request shows that names `prev` where `last` is the last grant. It has been signed over a challenge, so that it is no
 * recording. Lost answers, crashes and restored snapshots make forks; for a superseded head to come back both branches must live.
 */
export function branchSign(
  { superseded, told, lastSign }: Branches,
  { prev, last }: { readonly prev: string | undefined; readonly last: string | undefined },
  now: Instant,
): BranchSign {
  if (last === undefined || prev === last) return 'none'
  if (prev === undefined) return 'fork'
  if (told.includes(prev)) return 'twin'
  if (!superseded.includes(prev)) return 'fork'
  return lastSign !== undefined && now - lastSign <= twinWindow ? 'twin' : 'fork-again'
}

/**
 * Takes in what a grant has shown, at the time of the grant. Who is told leaves: the head that its last grant replaces is that of the
 * branch which stays, and is expected to come once more.
 */
export function withBranchEvent(branches: Branches, event: BranchEvent, at: Instant): Branches {
  if (event.sign === 'fork') return { ...branches, superseded: remember(branches.superseded, event.superseded) }
  const { shown, sign } = event
  // Who is told again has given no new sign.
  const signed = branches.superseded.includes(shown) ? { ...branches, lastSign: at } : branches
  const others = branches.superseded.filter((head) => head !== shown)
  return sign === 'twin'
    ? { ...signed, superseded: others, told: remember(branches.told, shown) }
    : { ...signed, superseded: remember(others, event.superseded) }
}

function remember(heads: readonly string[], head: string): readonly string[] {
  return [...heads.filter((known) => known !== head), head].slice(-mostSuperseded)
}
