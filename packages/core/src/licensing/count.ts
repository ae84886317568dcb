import type { Instant } from '../time.ts'
import { type CountRule, type Sighting, Tally } from './tally.ts'

/** A rule, and what the host's certificate says to it. */
export interface CountTerms extends CountRule {
  /** Every weak machine counts, as a certificate may grant (rule 35). */
  readonly weakCounts: boolean
}

/** What was counted, in machines. */
export interface CountResult {
  /** What is compared with the threshold: strong + those weak ones that count. The true count, without a cap. */
  readonly effective: number
  readonly strong: number
  readonly weak: number
  /** Weak machines beyond a quarter of the strong ones, which do not count. */
  readonly weakIgnored: number
}

/** Machines that count fully, and those whose anchor says too little (rule 34). */
export interface Weighed {
  readonly strong: number
  readonly weak: number
}

/** Strong machines for which one weak machine counts (rule 35). */
const strongPerWeak = 4

/** The reported count goes up to this many times the largest threshold. */
const capFactor = 2

/**
 * The count of one application. Its families share the sightings; those with the same rule share the count too,
 * whatever their thresholds. The rules are fixed at the start: new ones need a new count from the ledger's sightings.
 */
export class Count {
  readonly #tallies: ReadonlyMap<string, Tally>

  /** Takes the rules of all families of the application; the same rule may come more than once. */
  constructor(rules: readonly CountRule[]) {
    this.#tallies = new Map(rules.map((rule) => [nameOf(rule), new Tally(rule)]))
  }

  /** Records a contact of a machine, in the ledger's order. */
  record(sighting: Sighting): void {
    for (const tally of this.#tallies.values()) tally.record(sighting)
  }

  /** Counts the machines at a time that is not before any asked for earlier. A rule not named at the start is a bug. */
  count(now: Instant, terms: CountTerms): CountResult {
    const tally = this.#tallies.get(nameOf(terms))
    if (tally === undefined) throw new Error(`this count was not set up for the rule ${nameOf(terms)}`)
    tally.expire(now)
    return weighed(tally, terms)
  }
}

/** Caps a count for the answer at 2 × the largest effective threshold of the application, so that it tells no fleet size. */
export function reportedCount(count: number, largestThreshold: number): number {
  return Math.min(count, capFactor * largestThreshold)
}

/** Weighs strong and weak machines (rule 35). */
export function weighed({ strong, weak }: Weighed, { weakCounts }: Pick<CountTerms, 'weakCounts'>): CountResult {
  const counting = weakCounts ? weak : Math.min(weak, Math.floor(strong / strongPerWeak))
  return { effective: strong + counting, strong, weak, weakIgnored: weak - counting }
}

function nameOf({ countBy, counts, windowSeconds }: CountRule): string {
  return `${countBy}/${counts}/${windowSeconds}`
}
