import type { GatheredKeys } from './gathered-keys.ts'
import { Links } from './links.ts'
import { AnchorKeys, anchorKind, mixed } from './row-keys.ts'
import { flag, type Rows, word } from './rows.ts'
import { Slots } from './slots.ts'

/** No contact at all: before every hour. */
export const never = -1

/**
 * The machines of each anchor, in the order of their last contacts, so that the newest of them, on which the anchor counts, is known
 * without looking for it, however many device keys one computer has had. Most anchors have one machine, and need no link.
 */
export class Anchors {
  readonly #rows: Rows
  readonly #newest: Slots
  readonly #links = new Links()
  /** How many anchors there are of each kind. */
  readonly #ofKind: number[] = []

  constructor(rows: Rows) {
    this.#rows = rows
    this.#newest = new Slots(new AnchorKeys(rows))
  }

  get bytes(): number {
    return this.#newest.bytes + this.#links.bytes
  }

  reserve(machines: number): void {
    this.#newest.reserve(machines)
  }

  /** The machine with the newest contact of an anchor, among the physical or the virtual ones; −1 without any. */
  newest(low: number, high: number, application: number, isVirtual: boolean): number {
    const kind = anchorKind(application, isVirtual)
    // In most applications there are machines of one kind only.
    return (this.#ofKind[kind] ?? 0) === 0 ? -1 : this.#newest.find(mixed(low, kind), high)
  }

  /** The hour of the newest contact of a row's anchor, among the physical or the virtual machines. */
  hour(row: number, isVirtual: boolean): number {
    const rows = this.#rows
    const application = rows.application(row)
    const newest = this.newest(rows.get(row, word.anchor), rows.get(row, word.anchorHigh), application, isVirtual)
    return newest === -1 ? never : rows.hour(newest)
  }

  /** Takes a machine in if it is the first one of its anchor and kind; else nothing is done. */
  addFirst(row: number): boolean {
    if (!this.#newest.putNew(row)) return false
    this.#countKind(row, 1)
    return true
  }

  /** Gathers machines with their anchors, to be taken in all at once. */
  gather(rows: number): GatheredKeys {
    return this.#newest.gather(rows)
  }

  /** Takes the first machine of each anchor in that was gathered and is not gone; gives the others. `kinds` says how many of each were gathered. */
  addAllFirst(gathered: GatheredKeys, gone: ReadonlySet<number>, kinds: ArrayLike<number>): number[] {
    const others = this.#newest.addAll(gathered, gone)
    for (let kind = 0; kind < kinds.length; kind += 1) this.#ofKind[kind] = kinds[kind] ?? 0
    for (const row of [...others, ...gone]) this.#countKind(row, -1)
    return others
  }

  /** Whether an application has anchors of machines of a kind. */
  has(application: number, isVirtual: boolean): boolean {
    return (this.#ofKind[anchorKind(application, isVirtual)] ?? 0) > 0
  }

  /** Takes a machine in beside others of its anchor and kind. It knows from then on since when its hardware is known. */
  add(row: number): void {
    const rows = this.#rows
    let newer = -1
    let older = this.#sameAnchor(row)
    // Contacts come in the order of time; only what is taken back goes behind others.
    while (older !== -1 && rows.hour(older) > rows.hour(row)) {
      newer = older
      older = this.#links.older(older)
    }
    if (older !== -1 && rows.born(older) < rows.born(row)) rows.setBorn(row, rows.born(older))
    this.#join(older, row)
    this.#join(row, newer)
    if (newer === -1) this.#newest.put(row)
  }

  remove(row: number): void {
    const [older, newer] = [this.#links.older(row), this.#links.newer(row)]
    if (newer === -1) this.#replaceNewest(row, older)
    this.#join(older, newer)
    this.#links.setOlder(row, -1)
    this.#links.setNewer(row, -1)
  }

  #sameAnchor(row: number): number {
    const rows = this.#rows
    const [low, high] = [rows.get(row, word.anchor), rows.get(row, word.anchorHigh)]
    return this.newest(low, high, rows.application(row), rows.has(row, flag.virtual))
  }

  #replaceNewest(row: number, by: number): void {
    if (by !== -1) {
      this.#newest.put(by)
      return
    }
    const rows = this.#rows
    const kind = anchorKind(rows.application(row), rows.has(row, flag.virtual))
    this.#newest.remove(mixed(rows.get(row, word.anchor), kind), rows.get(row, word.anchorHigh))
    this.#countKind(row, -1)
  }

  #countKind(row: number, number: 1 | -1): void {
    const kind = anchorKind(this.#rows.application(row), this.#rows.has(row, flag.virtual))
    this.#ofKind[kind] = (this.#ofKind[kind] ?? 0) + number
  }

  #join(older: number, newer: number): void {
    if (older !== -1) this.#links.setNewer(older, newer)
    if (newer !== -1) this.#links.setOlder(newer, older)
  }
}
