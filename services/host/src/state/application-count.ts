import type { Family } from '@volact/core/catalog/catalog'
import { type CountResult, type CountTerms, weighed } from '@volact/core/licensing/count'
import type { CountRule } from '@volact/core/licensing/tally'
import { hours, type Instant } from '@volact/core/time'
import { never } from './anchors.ts'
import { HourRing, hourOf } from './hour-ring.ts'

/** How long a count holds if nobody comes any more; nothing for what does not happen. */
export interface CountSlack {
  /** When the first machine falls out of it. */
  readonly firstOut: Instant | undefined
  /** When it falls below a threshold that it reaches now. */
  readonly thresholdLost: Instant | undefined
}

/** The numbers of one rule: strong identities and weak machines, by the hour of their last contact. */
class RuleCount {
  readonly rule: CountRule
  readonly strong = new HourRing()
  readonly weak = new HourRing()
  readonly windowHours: number

  constructor(rule: CountRule) {
    this.rule = rule
    this.windowHours = hourOf(rule.windowSeconds)
  }

  /** A contact counts through the hours of its window, the first of which is its own. */
  end(hour: number): void {
    this.strong.end(hour - this.windowHours + 1)
    this.weak.end(hour - this.windowHours + 1)
  }
}

/**
 * The counts of one application, one for each rule of its families, exact to the hour. A machine, or an anchor, stands in the hour of
 * its last contact; that it is over needs no look at it. `Count` of the core says the same of a list of sightings.
 */
export class ApplicationCount {
  readonly #rules: readonly RuleCount[]

  constructor(families: readonly Family[]) {
    const rules = new Map(families.map((family) => [nameOf(family), family]))
    this.#rules = [...rules.values()].map((rule) => new RuleCount(rule))
  }

  /** Counts at a time that is not before any earlier one. */
  count(now: Instant, terms: CountTerms): CountResult {
    const counted = this.#of(terms)
    counted.end(hourOf(now))
    return weighed({ strong: counted.strong.sum, weak: counted.weak.sum }, terms)
  }

  /** Says when machines fall out of the count, and when it falls below a threshold, if nobody came any more. */
  slack(now: Instant, terms: CountTerms, threshold: number): CountSlack {
    const counted = this.#of(terms)
    const { strong, weak, windowHours } = counted
    counted.end(hourOf(now))
    const left = { strong: strong.sum, weak: weak.sum }
    const { effective: begin } = weighed(left, terms)
    let firstOut: Instant | undefined
    for (let hour = strong.first; hour < strong.first + windowHours; hour += 1) {
      left.strong -= strong.at(hour)
      left.weak -= weak.at(hour)
      const { effective } = weighed(left, terms)
      const over = hours(hour + windowHours)
      if (effective < begin) firstOut ??= over
      if (begin >= threshold && effective < threshold) return { firstOut, thresholdLost: over }
    }
    return { firstOut, thresholdLost: undefined }
  }

  /** Whether a contact of an hour stands in the count of a rule. */
  isCounted(hour: number, now: Instant, { windowSeconds }: CountRule): boolean {
    return hourOf(now) < hour + hourOf(windowSeconds)
  }

  /** The time is now this hour: what is over is over. */
  end(hour: number): void {
    for (const rule of this.#rules) rule.end(hour)
  }

  /** An empty tally of all hours that any rule still counts. */
  tally(): HourRing {
    const tally = new HourRing()
    tally.end(Math.min(...this.#rules.map(({ strong }) => strong.first)))
    return tally
  }

  /** Takes in machines of one kind, each with an anchor of its own unless they are weak. */
  addAll(contacts: HourRing, { isWeak, isVirtual }: { isWeak: boolean; isVirtual: boolean }): void {
    for (const { rule, strong, weak } of this.#rules) {
      if (rule.counts === 'physical' && isVirtual) continue
      const ring = isWeak && rule.countBy === 'anchor' ? weak : strong
      ring.addAll(contacts)
    }
  }

  /** Takes in (1) or out (−1) a machine that is counted by its device key. */
  machine(hour: number, { isWeak, isVirtual }: { isWeak: boolean; isVirtual: boolean }, number: 1 | -1): void {
    for (const { rule, strong, weak } of this.#rules) {
      if (rule.counts === 'physical' && isVirtual) continue
      if (rule.countBy === 'machine') strong.add(hour, number)
      else if (isWeak) weak.add(hour, number)
    }
  }

  /** An anchor, whose physical and virtual machines were last in touch at these hours, is taken in or out. */
  anchor(physical: number, virtual: number, number: 1 | -1): void {
    for (const { rule, strong } of this.#rules) {
      if (rule.countBy !== 'anchor') continue
      const hour = rule.counts === 'physical' ? physical : Math.max(physical, virtual)
      if (hour !== never) strong.add(hour, number)
    }
  }

  #of(rule: CountRule): RuleCount {
    const found = this.#rules.find(({ rule: known }) => isSame(known, rule))
    if (found === undefined) throw new Error(`this count was not set up for the rule ${nameOf(rule)}`)
    return found
  }
}

function isSame(a: CountRule, b: CountRule): boolean {
  return a.countBy === b.countBy && a.counts === b.counts && a.windowSeconds === b.windowSeconds
}

function nameOf({ countBy, counts, windowSeconds }: CountRule): string {
  return `${countBy}/${counts}/${windowSeconds}`
}
