import type { LiveLeases } from './live-leases.ts'
import type { ContactLoad } from './contacts.ts'
import { flag, type Rows, rowWords, word } from './rows.ts'
import { earlierWords, type SnapshotHeader, type SnapshotTrailer } from './snapshot-format.ts'
import type { SnapshotBlock, SnapshotReader } from './snapshot-reader.ts'
import type { StateParts } from './state-parts.ts'

/** Whether the rows of a snapshot mean the same under the catalog of today: a product may have changed its application. */
export function fitsCatalog({ applications, products }: SnapshotHeader, { catalog, table }: StateParts): boolean {
  return (
    applications.length === catalog.applications.length &&
    applications.every((id, place) => catalog.applications[place]?.id === id) &&
    products.every(({ id, application }) => table.products.application(table.products.find(id, 0)) === application)
  )
}

/** Takes a snapshot into an empty state, and gives its trailer: all entries from the header's size on are to be taken in again. */
export function restoreSnapshot(state: StateParts, snapshot: SnapshotReader): SnapshotTrailer {
  const { header } = snapshot
  const numbers = header.products.map(({ id }) => state.table.products.numberOf(id))
  // What is over at this time is over for the counts, too.
  state.pass(header.time)
  state.table.contacts.reserve(header.rows)
  const load = state.table.contacts.load(header.rows)
  const trailer = snapshot.read((block) => {
    restoreBlock(state, block, numbers, load)
  })
  // A machine that was forgotten and came back while the snapshot was written stands in it twice: what was written later knows more.
  for (const gone of load.end()) giveBack(state, gone)
  restoreRare(state, header)
  return trailer
}

/** Sets the peaks of all leases and of each application, as a trailer has them. */
export function setPeaks(lives: readonly LiveLeases[], { peaks }: SnapshotTrailer): void {
  for (const [position, live] of lives.entries()) live.setPeaks(peaks[position] ?? new Map<number, number>())
}

/** The rows of a block go where they stay, all at once; then each machine is linked. */
function restoreBlock(
  state: StateParts,
  block: SnapshotBlock,
  numbers: readonly number[],
  contacts: ContactLoad,
): void {
  const { rows } = state.table
  const from = rows.load(block.words, 0, block.rows)
  restoreEarlier(state, block, from)
  for (let first = from; first < from + block.rows;) {
    const more = rows.get(first, word.next)
    if (more > 0) link(rows, first, more)
    for (let row = first; row <= first + more; row += 1) restoreLicense(state, row, numbers)
    contacts.add(first)
    first += 1 + more
  }
}

function giveBack({ table: { rows }, licenses }: StateParts, first: number): void {
  for (let row = first; row !== -1;) {
    const next = rows.get(row, word.next) - 1
    licenses.end(row, 0)
    rows.give(row)
    row = next
  }
}

function link(rows: Rows, first: number, more: number): void {
  for (let row = first; row <= first + more; row += 1) {
    rows.set(row, word.next, row < first + more ? row + 2 : 0)
    if (row !== first) rows.set(row, word.machine, first)
  }
}

function restoreEarlier({ licenses }: StateParts, { words, rows, earlier }: SnapshotBlock, from: number): void {
  for (let at = rows * rowWords; at < rows * rowWords + earlier * earlierWords; at += earlierWords) {
    const [place = 0, low = 0, high = 0, hour = 0] = words.subarray(at, at + earlierWords)
    licenses.earlier.note(from + place, low + high * 2 ** 32 - 1, hour)
  }
}

function restoreLicense({ table: { rows }, licenses }: StateParts, row: number, numbers: readonly number[]): void {
  const number = rows.product(row)
  const product = numbers[number]
  if (product === undefined) {
    // Its first grant is younger than the header, and comes again with the entries.
    rows.unmark(row, flag.granted | flag.givenBack | flag.unverified | flag.stable)
    licenses.earlier.forget(row)
    return
  }
  if (product !== number) rows.setIndex(row, rows.index(row), product)
  licenses.lease(row, 1)
}

function restoreRare(state: StateParts, header: SnapshotHeader): void {
  const { branches, releases, pools, places } = state
  state.expected = header.expected
  for (const [license, branched] of header.branches) branches.restore(license, branched, header.signs)
  branches.setCounts(header.signs)
  for (const release of header.releases) releases.add(release)
  for (const [handle, limit] of header.pools) pools.set(handle, limit)
  places.restoreAll(header.joined, header.places, header.poolPeaks)
}
