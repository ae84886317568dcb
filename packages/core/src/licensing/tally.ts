import { type Duration, hours, type Instant } from '../time.ts'

/** One contact of a machine, as the ledger has it: once per machine, application and window. */
export interface Sighting {
  /** Machine ID and anchor as text in one form, such as hexadecimal; compared, never read. */
  readonly machine: string
  readonly anchor: string
  readonly at: Instant
  /** Too little hardware was found for the anchor to tell machines apart (rule 34). */
  readonly weak: boolean
  readonly virtual: boolean
  /** The machine has no persistent store, and never counts (rule 38). */
  readonly ephemeral: boolean
}

/** How sightings make a count. A family of the catalog is one. */
export interface CountRule {
  /** What makes two machines distinct: their hardware (production), or their device key (labs on one computer). */
  readonly countBy: 'anchor' | 'machine'
  /** Which machines count. */
  readonly counts: 'all' | 'physical'
  /** How long a machine counts after its last contact, in seconds, of which whole hours are taken. */
  readonly windowSeconds: Duration
}

interface Entry {
  /** What is counted: the anchor of a strong machine, the machine ID of a weak one. */
  readonly identity: string
  readonly weak: boolean
  readonly at: Instant
}

/**
 * The machines that count under one rule. Time is kept to the hour: a machine seen at any time of an hour counts until
 * exactly a window after that hour began, so never longer than the window, and less by under an hour.
 * Invariant: `#strong` has each anchor of a strong entry with the number of its machines, `#weak` is the number of weak
 * entries, and no entry has lapsed at `#hour`, the latest hour that was asked for. Time does not run backwards (rule 43).
 */
export class Tally {
  readonly #rule: CountRule
  readonly #entries = new Map<string, Entry>()
  readonly #strong = new Map<string, number>()
  #weak = 0
  #hour = 0

  constructor(rule: CountRule) {
    this.#rule = rule
  }

  /** Distinct identities of strong machines, as of the last `expire`. */
  get strong(): number {
    return this.#strong.size
  }

  /** Weak machines, by machine ID (rule 35), as of the last `expire`. */
  get weak(): number {
    return this.#weak
  }

  /** Records a contact. The latest one of a machine is what counts: its older anchor stops counting (rule 36). */
  record(sighting: Sighting): void {
    const known = this.#entries.get(sighting.machine)
    if (known !== undefined && known.at > sighting.at) return
    this.#remove(sighting.machine, known)
    if (this.#isCounted(sighting) && !this.#hasLapsed(sighting.at)) this.#add(sighting)
  }

  /** Drops the machines whose window has ended at a time. Looks through them once an hour at most. */
  expire(now: Instant): void {
    const hour = hourOf(now)
    if (hour <= this.#hour) return
    this.#hour = hour
    for (const [machine, entry] of this.#entries) if (this.#hasLapsed(entry.at)) this.#remove(machine, entry)
  }

  #isCounted({ virtual, ephemeral }: Sighting): boolean {
    return !ephemeral && (this.#rule.counts === 'all' || !virtual)
  }

  #hasLapsed(at: Instant): boolean {
    return this.#hour >= hourOf(at) + hourOf(this.#rule.windowSeconds)
  }

  #add({ machine, anchor, at, weak }: Sighting): void {
    const byMachine = this.#rule.countBy === 'machine'
    const entry = { identity: byMachine ? machine : anchor, weak: weak && !byMachine, at }
    this.#entries.set(machine, entry)
    if (entry.weak) this.#weak += 1
    else this.#strong.set(entry.identity, this.#machinesOf(entry.identity) + 1)
  }

  #remove(machine: string, entry: Entry | undefined): void {
    if (entry === undefined) return
    this.#entries.delete(machine)
    if (entry.weak) {
      this.#weak -= 1
      return
    }
    const others = this.#machinesOf(entry.identity) - 1
    if (others > 0) this.#strong.set(entry.identity, others)
    else this.#strong.delete(entry.identity)
  }

  #machinesOf(identity: string): number {
    return this.#strong.get(identity) ?? 0
  }
}

function hourOf(seconds: number): number {
  return Math.floor(seconds / hours(1))
}
