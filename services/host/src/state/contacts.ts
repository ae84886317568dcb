import { Anchors, never } from './anchors.ts'
import type { ApplicationCount } from './application-count.ts'
import { ContactLoad } from './contact-load.ts'
import { MachineKeys, mixed } from './row-keys.ts'
import { flag, type Rows, word } from './rows.ts'
import { Slots } from './slots.ts'

/** No application that a count is of: that of products which the catalog does not have any more. */
export const noApplication = 0x3ff

/** The machines of each application, and what each of them adds to its count. */
export class Contacts {
  readonly #rows: Rows
  readonly #machines: Slots
  readonly #anchors: Anchors
  readonly #counts: readonly ApplicationCount[]
  #distinct = 0

  constructor(rows: Rows, counts: readonly ApplicationCount[]) {
    this.#rows = rows
    this.#machines = new Slots(new MachineKeys(rows))
    this.#anchors = new Anchors(rows)
    this.#counts = counts
  }

  /** Machines with a contact, each once for all applications. */
  get distinct(): number {
    return this.#distinct
  }

  get bytes(): number {
    return this.#machines.bytes + this.#anchors.bytes
  }

  /** The first row of a machine in an application; −1 when there is none. */
  find(low: number, high: number, application: number): number {
    return this.#machines.find(mixed(low, application), high)
  }

  /** Makes the first row of a machine in an application. */
  create(low: number, high: number, application: number): number {
    const row = this.#rows.take()
    this.#rows.set(row, word.machine, low)
    this.#rows.set(row, word.machineHigh, high)
    this.#rows.setContact(row, 0, application)
    this.#machines.put(row)
    return row
  }

  /** Makes room for a number of machines, so that none is moved while they come. */
  reserve(machines: number): void {
    this.#machines.reserve(machines)
    this.#anchors.reserve(machines)
  }

  /** Begins to take in the machines of a snapshot, while there are none. */
  load(expected: number): ContactLoad {
    return new ContactLoad(this.#machines.gather(expected), this.#anchors.gather(expected), this.#counts)
  }

  /** Makes all machines count that were loaded, and gives the rows of those that a later row is of, too: they are to be given back. */
  takeIn({ machines, anchors, anchored, contacts, tallies }: ContactLoad): readonly number[] {
    const gone = this.#machines.addAll(machines, new Set()).map((row) => this.#replace(row))
    const goneAnchors = new Set(gone.filter((row) => this.#isAnchored(row)))
    const others = this.#anchors.addAllFirst(anchors, goneAnchors, anchored)
    // Each machine as if it had come alone, with an anchor of its own; then what is otherwise.
    this.#distinct = contacts
    for (const { application, kind, hours } of tallies()) this.#counts[application]?.addAll(hours, kind)
    for (const row of gone) this.#leave(row)
    for (const row of [...others, ...goneAnchors]) this.#countOwnAnchor(row, -1)
    this.#countElsewhere()
    this.#countBothKinds(new Set(others))
    for (const row of others) this.#addShared(row)
    return gone
  }

  /** Finds a machine by this row from now on, and gives the row that it was found by. */
  #replace(row: number): number {
    const rows = this.#rows
    const known = this.find(rows.get(row, word.machine), rows.get(row, word.machineHigh), rows.application(row))
    this.#machines.put(row)
    return known
  }

  /** Takes a machine out of the count that another row has, but for its anchor. */
  #leave(row: number): void {
    const rows = this.#rows
    if (!rows.has(row, flag.contact)) return
    this.#distinct -= 1
    this.#machine(row, -1)
    rows.unmark(row, flag.contact)
  }

  #countOwnAnchor(row: number, number: 1 | -1): void {
    const rows = this.#rows
    const [hour, isVirtual] = [rows.hour(row), rows.has(row, flag.virtual)]
    this.#counts[rows.application(row)]?.anchor(isVirtual ? never : hour, isVirtual ? hour : never, number)
  }

  /** Takes those out of the distinct machines that an earlier application knows, too. */
  #countElsewhere(): void {
    if (this.#counts.length === 1) return
    const rows = this.#rows
    for (let row = 0; row < rows.end; row += 1) {
      if ((rows.get(row, word.born) & (flag.contact | flag.extra)) !== flag.contact) continue
      const application = rows.application(row)
      if (application > 0 && this.#isKnownElsewhere(row, application)) this.#distinct -= 1
    }
  }

  /** An anchor with physical and with virtual machines is one, not two. */
  #countBothKinds(shared: ReadonlySet<number>): void {
    if (!this.#counts.some((_, place) => this.#anchors.has(place, false) && this.#anchors.has(place, true))) return
    const rows = this.#rows
    for (let row = 0; row < rows.end; row += 1) {
      const said = rows.get(row, word.born)
      if ((said & (flag.virtual | flag.extra)) !== flag.virtual || !this.#isAnchored(row) || shared.has(row)) continue
      const physical = this.#anchors.hour(row, false)
      if (physical === never) continue
      const count = this.#counts[rows.application(row)]
      count?.anchor(never, rows.hour(row), -1)
      count?.anchor(physical, never, -1)
      count?.anchor(physical, rows.hour(row), 1)
    }
  }

  /** Takes the first row of a machine out, whose contact and products are gone already. */
  drop(row: number): void {
    const rows = this.#rows
    this.#machines.remove(mixed(rows.get(row, word.machine), rows.application(row)), rows.get(row, word.machineHigh))
    rows.give(row)
  }

  /** The newest machine of an anchor in an application; −1 without any. */
  newest(low: number, high: number, application: number, isVirtual: boolean): number {
    return this.#anchors.newest(low, high, application, isVirtual)
  }

  /** Takes the contact of a row into the count. */
  count(row: number): void {
    if (!this.#rows.has(row, flag.contact)) return
    if (!this.#isKnownElsewhere(row)) this.#distinct += 1
    this.#machine(row, 1)
    if (!this.#hasAnchor(row)) return
    if (this.#anchors.addFirst(row)) {
      this.#enterAnchor(row)
      return
    }
    this.#addShared(row)
  }

  /** Takes the contact of a row out of the count. */
  uncount(row: number): void {
    if (!this.#rows.has(row, flag.contact)) return
    if (!this.#isKnownElsewhere(row)) this.#distinct -= 1
    this.#machine(row, -1)
    if (!this.#hasAnchor(row)) return
    this.#anchor(row, -1)
    this.#anchors.remove(row)
    this.#anchor(row, 1)
  }

  /** Moves the contact of a machine on, with the hardware that it was last seen with. Most often nobody shares its anchor. */
  touch(row: number, hour: number): void {
    const rows = this.#rows
    const application = rows.application(row)
    if (rows.hour(row) >= hour) return
    if (!this.#hasAnchor(row)) {
      this.#machine(row, -1)
      rows.setContact(row, hour, application)
      this.#machine(row, 1)
      return
    }
    if (this.#isNewest(row)) {
      this.#machine(row, -1)
      this.#moveAnchor(row, hour)
      rows.setContact(row, hour, application)
      this.#machine(row, 1)
      return
    }
    this.uncount(row)
    rows.setContact(row, hour, application)
    this.count(row)
  }

  #addShared(row: number): void {
    this.#anchor(row, -1)
    this.#anchors.add(row)
    this.#anchor(row, 1)
  }

  /** An anchor has got its first machine of a kind. */
  #enterAnchor(row: number): void {
    const rows = this.#rows
    const isVirtual = rows.has(row, flag.virtual)
    const count = this.#counts[rows.application(row)]
    const other = this.#anchors.hour(row, !isVirtual)
    const hour = rows.hour(row)
    if (other !== never) count?.anchor(isVirtual ? other : never, isVirtual ? never : other, -1)
    count?.anchor(isVirtual ? other : hour, isVirtual ? hour : other, 1)
  }

  /** Moves the anchor of its newest machine on: only machines of the other kind could be newer. */
  #moveAnchor(row: number, hour: number): void {
    const rows = this.#rows
    const isVirtual = rows.has(row, flag.virtual)
    const count = this.#counts[rows.application(row)]
    const other = this.#anchors.hour(row, !isVirtual)
    const before = rows.hour(row)
    count?.anchor(isVirtual ? other : before, isVirtual ? before : other, -1)
    count?.anchor(isVirtual ? other : hour, isVirtual ? hour : other, 1)
  }

  /** Whether moving its contact on changes no order. */
  #isNewest(row: number): boolean {
    const rows = this.#rows
    const [low, high] = [rows.get(row, word.anchor), rows.get(row, word.anchorHigh)]
    return this.#anchors.newest(low, high, rows.application(row), rows.has(row, flag.virtual)) === row
  }

  /** An anchor that says too little, or of a machine that never counts, is none. */
  #hasAnchor(row: number): boolean {
    return !this.#rows.has(row, flag.weak | flag.ephemeral)
  }

  #isAnchored(row: number): boolean {
    const said = this.#rows.get(row, word.born)
    return (said & (flag.contact | flag.weak | flag.ephemeral)) === flag.contact
  }

  #machine(row: number, number: 1 | -1): void {
    const rows = this.#rows
    const said = rows.get(row, word.born)
    if ((said & flag.ephemeral) !== 0) return
    const isWeak = (said & flag.weak) !== 0
    const isVirtual = (said & flag.virtual) !== 0
    this.#counts[rows.application(row)]?.machine(rows.hour(row), { isWeak, isVirtual }, number)
  }

  #anchor(row: number, number: 1 | -1): void {
    const physical = this.#anchors.hour(row, false)
    const virtual = this.#anchors.hour(row, true)
    if (physical !== never || virtual !== never) {
      this.#counts[this.#rows.application(row)]?.anchor(physical, virtual, number)
    }
  }

  /** Whether another application before `end` knows the machine. */
  #isKnownElsewhere(row: number, end: number = this.#counts.length): boolean {
    if (this.#counts.length === 1) return false
    const rows = this.#rows
    const [low, high] = [rows.get(row, word.machine), rows.get(row, word.machineHigh)]
    for (let application = 0; application < end; application += 1) {
      if (application === rows.application(row)) continue
      const other = this.find(low, high, application)
      if (other !== -1 && rows.has(other, flag.contact)) return true
    }
    return false
  }
}
