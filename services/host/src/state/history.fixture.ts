import fc from 'fast-check'
import { parseCatalog } from '@volact/core/catalog/parse-catalog'
import type { Catalog } from '@volact/core/catalog/catalog'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { equal, utf8 } from '@volact/core/bytes'
import { sha256 } from '@volact/core/crypto'
import { encodeEntry, type LedgerEntry } from '@volact/core/document/ledger-entry'
import type { Grant } from '@volact/core/document/grant'
import { forkArguments } from '@volact/core/document/fork-entry'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey } from '@volact/core/product-key/product-key'
import { days, hours, type Instant } from '@volact/core/time'
import { poolArguments } from '../pipeline/pool-acts.ts'
import { LogState } from './log-state.ts'

/** When every history begins: 2026-01-01, at some second of an hour. */
export const begin: Instant = 1_767_225_600 + 1_234

/** A catalog of two applications with all kinds of rules. */
export const catalog: Catalog = makeCatalog()

const machines = 6
const anchors = 4

/** A thing that happens, and how long after the one before. */
export interface Happening {
  readonly after: number
  readonly machine: number
  readonly product: number
  readonly anchor: number
  readonly flags: number
  readonly what: 'grant' | 'sighting' | 'release' | 'fork' | 'disputed' | 'join'
}

export const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({
    after: fc.oneof(fc.nat(3_600), fc.nat(days(3)), fc.nat(days(20))),
    machine: fc.nat(machines - 1),
    product: fc.nat(catalog.products.length),
    anchor: fc.nat(anchors - 1),
    flags: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
    what: fc.constantFrom('grant', 'grant', 'grant', 'sighting', 'release', 'fork', 'disputed', 'join'),
  }),
  { maxLength: 60 },
)

/** A machine's ID, an anchor, a pool's handle … by its number. */
export function digestOf(kind: string, number: number): Uint8Array {
  return sha256(utf8(`${kind} ${number}`))
}

function isInPack(product: Uint8Array): boolean {
  return catalog.products.some(({ activationId }) => equal(uuidToBytes(activationId), product))
}

/** A product of the catalog, or one that it does not have any more. */
export function productId(number: number): Uint8Array {
  const known = catalog.products[number]
  return known === undefined ? digestOf('product', number).subarray(0, 16) : uuidToBytes(known.activationId)
}

/** A ledger that is written in memory, and its state, brought along as a host does: known machines go the fast way. */
export class History {
  readonly state: LogState = new LogState(catalog, (index) => this.bytes[index], new Uint8Array(16))
  readonly entries: LedgerEntry[] = []
  readonly bytes: Uint8Array[] = []
  time: Instant = begin
  /** The grants of each license that were not taken back. */
  #grants = new Map<string, readonly { cti: Uint8Array; req: Uint8Array }[]>()

  add(happening: Happening): void {
    this.time += happening.after
    const entry = this.#entryOf(happening)
    if (entry === undefined) return
    this.entries.push(entry)
    this.bytes.push(encodeEntry(entry))
    if (entry.kind === 'grant') this.#grant(entry.grant)
    else this.state.apply(entry)
  }

  /** A batch, all of one time, that the disk does not take: everything in it was for nothing. */
  fail(batch: readonly Happening[]): void {
    const [count, grants] = [this.entries.length, new Map(this.#grants)]
    this.state.begin((index) => this.bytes[index])
    for (const [place, happening] of batch.entries()) this.add(place === 0 ? happening : { ...happening, after: 0 })
    this.state.rollback()
    this.entries.length = count
    this.bytes.length = count
    this.#grants = grants
  }

  /** The row of a license; −1 without a grant. */
  ref({ machine, product }: Pick<Happening, 'machine' | 'product'>): number {
    return this.state.ref(digestOf('machine', machine), 0, productId(product), 0)
  }

  /** A grant of the slow way may be renewed the fast way, unless its product is one that the pack does not have any more. */
  #grant(grant: Grant): void {
    if (this.#renew(grant)) return
    this.state.apply({ kind: 'grant', grant })
    if (isInPack(grant.product))
      this.state.setStable(this.state.ref(grant.machine, 0, grant.product, 0), digestOf('stable', 0), 0)
  }

  /** Only a grant of the fast way rests unverified; what goes the slow way waits until it is verified. */
  #renew(grant: Grant): boolean {
    const { machine, product, anchor, flags, index } = grant
    const ref = this.state.ref(machine, 0, product, 0)
    if (ref === -1) return false
    if (this.state.unverified(ref)) this.state.markVerified(ref)
    if (flags.ephemeral || !this.state.isStable(ref)) return false
    if (this.state.isChange(machine, { product, anchor, flags })) return false
    this.state.markUnverified(ref, this.state.lastIndex(ref))
    this.state.renew(ref, { index, cti: grant.cti, issued: grant.issued, expires: grant.expires })
    return true
  }

  #entryOf({ machine, product, anchor, flags, what }: Happening): LedgerEntry | undefined {
    const index = this.entries.length
    const [license, cti] = [`${machine}/${product}`, digestOf('cti', index).subarray(0, 16)]
    const place = { index, time: this.time }
    const ids = { machine: digestOf('machine', machine), product: productId(product) }
    const hardware = { anchor: digestOf('anchor', anchor), flags: flagsOf(flags) }
    const last = this.#grants.get(license)?.at(-1)
    switch (what) {
      case 'grant': {
        const req = digestOf('req', index)
        const known = this.#grants.get(license) ?? []
        this.#grants.set(license, [...known, { cti, req }])
        return grantEntry({ ...ids, ...hardware, index, cti, req, issued: this.time }, flags === 4)
      }
      case 'sighting': {
        const application = uuidToBytes(catalog.applications[product % 2]?.id ?? '')
        return { kind: 'sighting', ...place, machine: ids.machine, ...hardware, application, cti }
      }
      case 'release':
        this.#grants.delete(license)
        return last && { kind: 'release', ...place, ...ids, grant: last.cti, req: digestOf('release', index), cti }
      case 'fork': {
        const fields = forkArguments({ act: 'fork', ...ids, superseded: digestOf('cti', anchor).subarray(0, 16) })
        return { kind: 'administrative', ...place, act: 'fork', arguments: fields, cti }
      }
      case 'disputed': {
        const ref = this.ref({ machine, product })
        const isDisputable = ref !== -1 && this.state.unverified(ref)
        return isDisputable ? this.#dispute(license, index) : undefined
      }
      case 'join': {
        const act = { act: 'pool-join', pool: digestOf('pool', anchor).subarray(0, 16), machine: ids.machine } as const
        return { kind: 'administrative', ...place, act: 'pool-join', arguments: poolArguments(act), cti }
      }
    }
  }

  #dispute(license: string, index: number): LedgerEntry | undefined {
    const grants = this.#grants.get(license) ?? []
    this.#grants.set(license, grants.slice(0, -1))
    const last = grants.at(-1)
    return last && { kind: 'disputed', index, time: this.time, grant: last.cti, req: last.req }
  }
}

function flagsOf(flags: number): { weak: boolean; virtual: boolean; ephemeral: boolean } {
  return { weak: (flags & 1) !== 0, virtual: (flags & 2) !== 0, ephemeral: flags === 4 }
}

type Granted = Pick<Extract<LedgerEntry, { kind: 'grant' }>['grant'], 'machine' | 'product' | 'anchor' | 'flags'> & {
  readonly index: number
  readonly cti: Uint8Array
  readonly req: Uint8Array
  readonly issued: Instant
}

/** A grant that only says what the state is made of. */
export function grantEntry(granted: Granted, isShort: boolean): LedgerEntry {
  const { issued } = granted
  return {
    kind: 'grant',
    grant: {
      ...granted,
      ...{ logId: new Uint8Array(32), expires: issued + (isShort ? hours(24) : days(180)), notBefore: issued },
      ...{ nonce: granted.cti, count: 1, threshold: 1, thresholdSource: 'policy', activationMinutes: 120 },
      ...{ renewalMinutes: 10_080, features: [], detailsDigest: new Uint8Array(32), state: 2 },
    },
  }
}

function makeCatalog(): Catalog {
  const families = [
    { slug: 'desktop', application: 'office' },
    { slug: 'server', application: 'office', counts: 'physical' },
    { slug: 'lab', application: 'office', countBy: 'machine' },
    { slug: 'short', application: 'office', window: '2d' },
    { slug: 'tools', application: 'tools' },
  ]
  const parsed = parseCatalog({
    format: 1,
    vendor: { id: 'example', name: 'Example', contacts: { email: 'activation@example.com' } },
    applications: ['office', 'tools'].map((slug, place) => ({ id: uuid(place), slug, name: slug })),
    families: families.map((family) => ({ ...family, name: family.slug, threshold: 1 })),
    groups: [{ slug: 'client', name: 'Client', number: 1 }],
    products: families.map(({ slug: family }, place) => ({
      ...{ activationId: uuid(10 + place), slug: family, name: family, edition: 'Standard', family, group: 'client' },
      ...{ generation: 1, setupKey: setupKey(place), force: true },
    })),
  })
  if ('catalog' in parsed) return parsed.catalog
  throw new Error(JSON.stringify(parsed.problems))
}

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

function setupKey(serial: number): string {
  return formatProductKey(issueProductKey({ kind: 'setup', group: 1, serial, random: new Uint8Array(8).fill(serial) }))
}
