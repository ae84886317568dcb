import type { CborKey, CborValue } from '@volact/core/cbor/value'
import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectArray, expectBytes, expectMap, expectText, expectUint } from '@volact/core/cbor/expect'
import type { Instant } from '@volact/core/time'
import type { Branched, SignCounts } from './license-branches.ts'
import type { Peaks } from './live-leases.ts'
import type { Place, PoolPeaks } from './pool-places.ts'
import type { ReleaseRecord } from './releases.ts'
import type { Expected } from '../strangers/expectation.ts'

/**
 * A snapshot is: this word, a header, blocks of rows, an empty block and a trailer. Header and trailer are CBOR behind their length. Behind the
 * header, each block and the trailer stands the CRC-32 of all that comes before but for other checksums: as in the ledger's records, against
 * what a disk does, since whoever can write the file could make any digest. Words are those of this machine, and the first one tells another
 * order, or another format: its last letters are the number of that. A block is two words, how many rows it has and
 * how many of them rest unverified; the rows, whole machines one after the other, each a first row whose `next` is the number of its further
 * ones, and these; and for each row that rests unverified its place in the block, the index of the grant before (one more, in two words),
 * and the hour of the contact before.
 */
export const snapshotMark = 0x56533033

/** Words before the rows of a block, and for a row that rests unverified. */
export const blockHeadWords = 2
export const earlierWords = 4

/** What a snapshot begins with: which ledger, how far, and what is not in rows, as of that size. */
export interface SnapshotHeader {
  readonly logId: Uint8Array
  /** Entries that the header knows; rows may know more. */
  readonly size: number
  readonly root: Uint8Array
  readonly time: Instant
  /** The key of all digests in the rows: whoever has it can make machines that collide, so that the file is the owner's alone. */
  readonly key: Uint8Array
  /** Applications, and products with the place of theirs, as the rows number them. */
  readonly applications: readonly string[]
  readonly products: readonly { readonly id: Uint8Array; readonly application: number }[]
  readonly rows: number
  readonly signs: SignCounts
  readonly branches: ReadonlyMap<string, Branched>
  readonly releases: readonly ReleaseRecord[]
  readonly pools: ReadonlyMap<string, number>
  readonly joined: ReadonlyMap<string, string>
  readonly places: ReadonlyMap<string, Place>
  readonly poolPeaks: PoolPeaks
  readonly expected: Expected | undefined
}

/** What a snapshot ends with: how far its rows may know, and the peaks as of that size. */
export interface SnapshotTrailer {
  readonly size: number
  readonly time: Instant
  readonly peaks: readonly Peaks[]
}

/** Writes a header. */
export function encodeHeader(header: SnapshotHeader): Uint8Array {
  const { applications, products, signs, branches, releases, places, poolPeaks, expected } = header
  return encodeCbor([
    ...[header.logId, header.size, header.root, header.time, header.key, applications],
    products.map(({ id, application }) => [id, application]),
    header.rows,
    [signs.fork, signs['fork-again'], signs.twin],
    [...branches].map(([license, branched]) => [license, ...branchedValues(branched)]),
    releases.map(({ req, index, time }) => [req, index, time]),
    header.pools,
    header.joined,
    [...places].map(([machine, { pool, leases }]) => [machine, pool, leases]),
    [poolPeaks.all, poolPeaks.pools],
    ...(expected === undefined ? [] : [[expected.machines, expected.until, expected.known]]),
  ])
}

/** Reads a header whose checksum was compared. */
export function parseHeader(bytes: Uint8Array): SnapshotHeader {
  const values = list(decodeCbor(bytes, limits))
  const [logId = null, size = null, root = null, time = null, key = null, ...rest] = values
  const [applications = null, products = null, rows = null, signs = null, branches = null, ...more] = rest
  const [releases = null, pools = null, joined = null, places = null, peaks = null, expected = null] = more
  const [fork = null, again = null, twin = null] = list(signs)
  const [all = null, byPool = null] = list(peaks)
  return {
    ...{ logId: blob(logId), size: uint(size), root: blob(root), time: uint(time), key: blob(key), rows: uint(rows) },
    applications: list(applications).map(text),
    products: list(products).map((value) => {
      const [id = null, application = null] = list(value)
      return { id: blob(id), application: uint(application) }
    }),
    signs: { fork: uint(fork), 'fork-again': uint(again), twin: uint(twin) },
    branches: new Map(list(branches).map(parseBranched)),
    releases: list(releases).map((value) => {
      const [req = null, index = null, at = null] = list(value)
      return { req: text(req), index: uint(index), time: uint(at) }
    }),
    ...{ pools: textMap(pools, uint), joined: textMap(joined, text) },
    places: new Map(
      list(places).map((value) => {
        const [machine = null, pool = null, leases = null] = list(value)
        return [text(machine), { pool: text(pool), leases: textMap(leases, uint) }]
      }),
    ),
    poolPeaks: { all: uint(all), pools: textMap(byPool, uint) },
    expected: expected === null ? undefined : parseExpected(expected),
  }
}

/** Writes a trailer. */
export function encodeTrailer({ size, time, peaks }: SnapshotTrailer): Uint8Array {
  return encodeCbor([size, time, peaks.map((days) => [...days].map(([day, peak]) => [day, peak]))])
}

/** Reads a trailer whose checksum was compared. */
export function parseTrailer(bytes: Uint8Array): SnapshotTrailer {
  const [size = null, time = null, peaks = null] = expectArray(decodeCbor(bytes, limits), what, 3)
  const days = (value: CborValue): Peaks =>
    new Map(
      list(value).map((entry) => {
        const [day = null, peak = null] = list(entry)
        return [uint(day), uint(peak)]
      }),
    )
  return { size: uint(size), time: uint(time), peaks: list(peaks).map(days) }
}

function branchedValues({ branches, notice }: Branched): readonly CborValue[] {
  const { superseded, told, lastSign } = branches
  return [superseded, told, lastSign ?? null, notice === undefined ? null : [notice.index, notice.nonce]]
}

function parseBranched(value: CborValue): readonly [string, Branched] {
  const [license = null, superseded = null, told = null, lastSign = null, notice = null] = list(value)
  const [index = null, nonce = null] = notice === null ? [] : list(notice)
  const heads = { superseded: list(superseded).map(text), told: list(told).map(text) }
  const branches = { ...heads, ...(lastSign !== null && { lastSign: uint(lastSign) }) }
  return [text(license), { branches, ...(notice !== null && { notice: { index: uint(index), nonce: blob(nonce) } }) }]
}

function parseExpected(value: CborValue): Expected {
  const [machines = null, until = null, known = null] = list(value)
  return { machines: uint(machines), until: uint(until), known: uint(known) }
}

function textMap<T>(value: CborValue, read: (value: CborValue) => T): ReadonlyMap<string, T> {
  return new Map(
    [...expectMap(value, what)].map(([name, content]: [CborKey, CborValue]) => [text(name), read(content)]),
  )
}

const what = 'snapshot'

function list(value: CborValue): readonly CborValue[] {
  return expectArray(value, what)
}

function uint(value: CborValue): number {
  return expectUint(value, what)
}

function text(value: CborValue): string {
  return expectText(value, what, textMost)
}

function blob(value: CborValue): Uint8Array {
  return expectBytes(value, what)
}

const textMost = 1_024

/** Our own file, whose checksum was compared: it has as much as there is. */
const limits = { depth: 16, items: 2 ** 26 }
