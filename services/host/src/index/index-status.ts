/** How the index of a host does. Activation goes on, whatever this says. */
export interface IndexStatus {
  readonly state: 'good' | 'behind' | 'unavailable'
  /** Entries of the ledgers that are not in it yet. */
  readonly behind: number
  /** What keeps it from being written, in words. */
  readonly problem?: string
}

/** More entries than come within seconds at normal load. */
const muchBehind = 50_000

/** Puts what is known of an index into its status. */
export function indexStatusOf(behind: number, problem: string | undefined): IndexStatus {
  if (problem !== undefined) return { state: 'unavailable', behind, problem }
  return { state: behind > muchBehind ? 'behind' : 'good', behind }
}
