import type { Instant } from '@volact/core/time'
import { EarlierGrants } from './earlier-grants.ts'
import { hourOf } from './hour-ring.ts'
import { LiveLeases, type Peaks } from './live-leases.ts'
import type { MachineTable } from './machine-table.ts'
import { epoch, flag, word } from './rows.ts'

/** A grant as a row keeps it. */
export interface GrantWords {
  readonly index: number
  readonly cti: Uint8Array
  readonly expires: Instant
}

/** The last grants of all licenses, in the rows of a machine table, and the leases that are live by them. */
export class LicenseTable {
  readonly #table: MachineTable
  readonly earlier: EarlierGrants = new EarlierGrants()
  readonly #live = new LiveLeases()
  readonly #byApplication: readonly LiveLeases[]
  /** Live leases of all products, and of each application. */
  readonly all: readonly LiveLeases[]
  /** Off while entries are read again of which the peaks are known. */
  notesPeaks = true

  constructor(table: MachineTable) {
    this.#table = table
    this.#byApplication = table.counts.map(() => new LiveLeases())
    this.all = [this.#live, ...this.#byApplication]
  }

  /** Live leases of all products, or of an application by its place in the catalog. */
  live(application?: number): LiveLeases {
    return (application === undefined ? undefined : this.#byApplication[application]) ?? this.#live
  }

  pass(now: Instant): void {
    this.#live.pass(now)
    for (const live of this.#byApplication) live.pass(now)
  }

  /** Makes a grant the last one of a row's license. */
  set(row: number, { index, cti, expires }: GrantWords, product: number): void {
    const { rows } = this.#table
    this.lease(row, -1)
    rows.setIndex(row, index, product)
    rows.set(row, word.cti, wordAt(cti, 0))
    rows.set(row, word.ctiHigh, wordAt(cti, 4))
    rows.setExpires(row, expires)
    rows.mark(row, flag.granted)
    rows.unmark(row, flag.givenBack)
    this.lease(row, 1)
    if (this.notesPeaks) this.#notePeak(row)
  }

  isLast(row: number, cti: Uint8Array, at: number): boolean {
    const { rows } = this.#table
    return rows.get(row, word.cti) === wordAt(cti, at) && rows.get(row, word.ctiHigh) === wordAt(cti, at + 4)
  }

  hasStable(row: number, digest: Uint8Array, at: number): boolean {
    const { rows } = this.#table
    if (!rows.has(row, flag.stable)) return false
    return (
      rows.get(row, word.stable) === wordAt(digest, at) && rows.get(row, word.stableHigh) === wordAt(digest, at + 4)
    )
  }

  setStable(row: number, digest: Uint8Array, at: number): void {
    const { rows } = this.#table
    rows.set(row, word.stable, wordAt(digest, at))
    rows.set(row, word.stableHigh, wordAt(digest, at + 4))
    rows.mark(row, flag.stable)
  }

  /** Ends the license of a row: it was given back (`flag.givenBack`), or nothing is to remain of it (0). */
  end(row: number, left: number): void {
    const { rows } = this.#table
    this.lease(row, -1)
    rows.unmark(row, flag.granted | flag.unverified | flag.stable | flag.givenBack)
    rows.mark(row, left)
    this.earlier.forget(row)
  }

  /** Takes the lease of a row in (1) or out (−1) of what is live. */
  lease(row: number, number: 1 | -1): void {
    const { rows } = this.#table
    if (!rows.has(row, flag.granted)) return
    const expires = rows.expires(row)
    this.#live.add(expires, number)
    this.#byApplication[rows.application(row)]?.add(expires, number)
  }

  /** Takes in the lease of a row by its words. */
  enter(expires: number, application: number): void {
    const hour = hourOf(expires + epoch)
    this.#live.enter(hour)
    this.#byApplication[application]?.enter(hour)
  }

  /** The peaks of all leases, and of those of each application. */
  peaks(): readonly Peaks[] {
    return this.all.map(({ peaks }) => peaks)
  }

  #notePeak(row: number): void {
    this.#live.notePeak()
    this.#byApplication[this.#table.rows.application(row)]?.notePeak()
  }
}

/** Reads four bytes, in one order on every machine: what they say is only compared. */
export function wordAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  return ((high << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
}
