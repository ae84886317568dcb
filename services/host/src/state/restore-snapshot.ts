import type { LiveLeases } from './live-leases.ts'
import type { ContactLoad } from './contact-load.ts'
import { flag, rowWords, word } from './rows.ts'
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

/**
 * Takes a snapshot into an empty state, and gives its trailer: all entries from the header's size on are to be taken in again. Where it is
 * damaged it says so, and the state is no longer good for anything.
 */
export function restoreSnapshot(state: StateParts, snapshot: SnapshotReader): SnapshotTrailer | string {
  const { header } = snapshot
  const numbers = header.products.map(({ id }) => state.table.products.numberOf(id))
  // What is over at this time is over for the counts, too.
  state.pass(header.time)
  state.table.contacts.reserve(header.rows)
  const load = state.table.contacts.load(header.rows)
  const trailer = snapshot.read((block) => {
    restoreBlock(state, block, numbers, load)
  })
  if (typeof trailer === 'string') return trailer
  // A machine that was forgotten and came back while the snapshot was written stands in it twice: what was written later knows more.
  for (const gone of state.table.contacts.takeIn(load)) giveBack(state, gone)
  restoreRare(state, header)
  return trailer
}

/** Sets the peaks of all leases and of each application, as a trailer has them. */
export function setPeaks(lives: readonly LiveLeases[], { peaks }: SnapshotTrailer): void {
  for (const [position, live] of lives.entries()) live.setPeaks(peaks[position] ?? new Map<number, number>())
}

/** The rows of a block go where they stay, all at once. */
function restoreBlock(
  state: StateParts,
  block: SnapshotBlock,
  numbers: readonly number[],
  contacts: ContactLoad,
): void {
  const { rows } = state.table
  linkMachines(block, rows.end)
  const from = rows.load(block.words, 0, block.rows)
  restoreEarlier(state, block, from)
  restoreLicenses(state, block, from, numbers)
  contacts.add(block.words, from, block.rows)
}

function giveBack({ table: { rows }, licenses }: StateParts, first: number): void {
  for (let row = first; row !== -1;) {
    const next = rows.get(row, word.next) - 1
    licenses.end(row, 0)
    rows.give(row)
    row = next
  }
}

/** Links the products of each machine, whose first row says how many more there are. */
function linkMachines({ words, rows }: SnapshotBlock, from: number): void {
  for (let first = 0; first < rows;) {
    const more = words[first * rowWords + word.next] ?? 0
    const last = first + more
    for (let row = first; row <= last && more > 0; row += 1) {
      words[row * rowWords + word.next] = row < last ? from + row + 2 : 0
      if (row !== first) words[row * rowWords + word.machine] = from + first
    }
    first = last + 1
  }
}

function restoreEarlier({ licenses }: StateParts, { words, rows, earlier }: SnapshotBlock, from: number): void {
  for (let at = rows * rowWords; at < rows * rowWords + earlier * earlierWords; at += earlierWords) {
    const [place = 0, low = 0, high = 0, hour = 0] = words.subarray(at, at + earlierWords)
    licenses.earlier.note(from + place, low + high * 2 ** 32 - 1, hour)
  }
}

/** Most rows name their product as the catalog of today does, and are taken in as they are. */
function restoreLicenses(
  state: StateParts,
  { words, rows }: SnapshotBlock,
  from: number,
  numbers: readonly number[],
): void {
  const { licenses } = state
  for (let row = 0, at = 0; row < rows; row += 1, at += rowWords) {
    const number = (words[at + word.product] ?? 0) & 0xffff
    if (numbers[number] !== number) restoreLicense(state, from + row, numbers)
    else if (((words[at + word.born] ?? 0) & flag.granted) !== 0)
      licenses.enter(words[at + word.expires] ?? 0, (words[at + word.contact] ?? 0) & 0x3ff)
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
