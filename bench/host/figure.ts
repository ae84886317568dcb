import type { Spread } from './spread.ts'

/** What a figure has to reach. */
export interface Goal {
  readonly kind: 'at least' | 'at most'
  readonly limit: number
}

/** One line of the table. */
export interface Figure {
  /** As `--only` and `--json` have it. */
  readonly name: string
  readonly title: string
  readonly value: Spread
  readonly unit: 'ratio' | 's' | 'MB'
  readonly goal?: Goal
  /** What the figure was computed from, for the table. */
  readonly host: string
  readonly echo?: string
  /** Everything that was measured. */
  readonly measured: object
}

/** Says whether a figure has reached its goal; without one there is nothing to reach. */
export function isReached({ goal, value: { median } }: Figure): boolean | undefined {
  if (goal === undefined) return undefined
  return goal.kind === 'at least' ? median >= goal.limit : median <= goal.limit
}
