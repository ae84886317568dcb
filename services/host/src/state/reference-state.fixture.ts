import { equal, toHex } from '@volact/core/bytes'
import { applicationOf, familiesOf } from '@volact/core/catalog/applications'
import type { Application, Catalog, Family, Product } from '@volact/core/catalog/catalog'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { encodeFlags } from '@volact/core/document/flags'
import { readForkNote } from '@volact/core/document/fork-entry'
import type { Grant } from '@volact/core/document/grant'
import type { LedgerEntry } from '@volact/core/document/ledger-entry'
import type { AdministrativeEntry, ReleaseEntry } from '@volact/core/document/plain-entry'
import type { ActivationRequest } from '@volact/core/document/request'
import { Count, type CountResult } from '@volact/core/licensing/count'
import type { BranchSign } from '@volact/core/licensing/forks'
import type { Instant } from '@volact/core/time'
import { LicenseBranches, type SignCounts } from './license-branches.ts'
import { readPoolAct } from '../pipeline/pool-acts.ts'
import type { Contact, License } from './log-state.ts'
import { PoolPlaces } from './pool-places.ts'
import { sightingRenewal } from './seen.ts'

/**
 * What the entries of a ledger amount to, said with maps of objects: the same as `LogState` says with rows of numbers, for any history.
 */
export class ReferenceState {
  readonly #catalog: Catalog
  readonly #licenses = new Map<string, License>()
  readonly #released = new Map<string, number>()
  /** Licenses that were given back, and not granted again since. */
  readonly #givenBack = new Set<string>()
  readonly #machines = new Set<string>()
  readonly #counts: ReadonlyMap<string, Count>
  readonly #contacts = new Map<string, Contact>()
  readonly #branches = new LicenseBranches()
  /** The bound of each pool that was added and not removed, by its handle. */
  readonly #pools = new Map<string, number>()
  readonly places: PoolPlaces = new PoolPlaces()

  constructor(catalog: Catalog, entries: Iterable<LedgerEntry>) {
    this.#catalog = catalog
    this.#counts = new Map(
      catalog.applications.map((application) => [application.id, new Count(familiesOf(catalog, application))]),
    )
    for (const entry of entries) this.apply(entry)
  }

  /** Number of machines that were ever seen. */
  get machines(): number {
    return this.#machines.size
  }

  /** The last grant of a machine for a product. */
  license(machine: Uint8Array, product: Uint8Array): License | undefined {
    return this.#licenses.get(licenseKey(machine, product))
  }

  /** The entry of a release, by the digest of its bytes. */
  released(digest: Uint8Array): number | undefined {
    return this.#released.get(toHex(digest))
  }

  /** How often requests have shown that a license has branches (rule 18). */
  get signs(): SignCounts {
    return this.#branches.counts
  }

  /** The bounds of the pools that there are, by the hexadecimal digits of their handles (rule 38). */
  get pools(): ReadonlyMap<string, number> {
    return this.#pools
  }

  /** Tells what a request shows of the branches of its license (rule 18). */
  branchSign(machine: Uint8Array, { product, prev }: ActivationRequest, now: Instant): BranchSign {
    return this.#branches.sign(licenseKey(machine, product), prev, this.license(machine, product)?.cti, now)
  }

  /** Whether a request would take back a release, or change the hardware that the machine was seen with. */
  isChange(machine: Uint8Array, { product, anchor, flags }: ActivationRequest): boolean {
    if (this.#givenBack.has(licenseKey(machine, product))) return true
    const sold = this.#product(product)
    const known = sold && this.#contacts.get(contactKey(machine, applicationOf(this.#catalog, sold).id))
    return known !== undefined && !isSameHardware(known, { anchor, flags })
  }

  /** Counts the machines of an application under the rule of one of its families. */
  count(application: Application, family: Family, weakCounts: boolean, now: Instant): CountResult {
    const count = this.#counts.get(application.id)
    if (count === undefined) throw new Error(`no count for ${application.id}`)
    return count.count(now, { ...family, weakCounts })
  }

  /** Whether a contact adds nothing to the count that the ledger does not show already (rule 24: one sighting per window). */
  isSeen(application: Application, family: Family, contact: Contact): boolean {
    if (contact.flags.ephemeral) return true // Never counts, so that there is nothing to show (rule 38).
    const known = this.#contacts.get(contactKey(contact.machine, application.id))
    if (known === undefined || !isSameHardware(known, contact)) return false
    const renewal = Math.min(sightingRenewal, family.windowSeconds / 2)
    return contact.at < known.at + family.windowSeconds - renewal
  }

  /** Counts a contact ahead of the entry that is going to show it. */
  see(application: Application, contact: Contact): void {
    this.#record(application.id, contact)
  }

  /** Takes in an entry. Entries come in the order of the ledger. */
  apply(entry: LedgerEntry): void {
    switch (entry.kind) {
      case 'grant':
        this.#grant(entry.grant)
        break
      case 'sighting':
        this.#record(uuidFromBytes(entry.application), { ...entry, at: entry.time })
        break
      case 'release':
        this.#release(entry)
        break
      case 'administrative':
        this.#administrative(entry)
        break
      case 'host-activation':
      case 'certificate':
      case 'disputed':
      case 'recovery':
      case 'forgotten':
      case 'note-key':
        break
    }
  }

  #grant(grant: Grant): void {
    const { index, cti, req, expires, machine, product, anchor, flags, issued, nonce } = grant
    const license = licenseKey(machine, product)
    const notice = this.#branches.notice(license, nonce)
    this.#licenses.set(license, { index, cti, req, expires, ...(notice !== undefined && { notice }) })
    this.#givenBack.delete(license)
    if (flags.ephemeral) this.places.take(grant, issued)
    else this.places.free(machine, product)
    const sold = this.#product(product)
    if (sold !== undefined) {
      this.#record(applicationOf(this.#catalog, sold).id, { machine, anchor, flags, at: issued })
    }
  }

  /** A newer pack may no longer have a product; its machines then count for nothing. */
  #product(activationId: Uint8Array): Product | undefined {
    const id = uuidFromBytes(activationId)
    return this.#catalog.products.find((product) => product.activationId === id)
  }

  #record(application: string, { machine, anchor, flags, at }: Contact): void {
    const contact = { machine, anchor, flags, at }
    this.#contacts.set(contactKey(machine, application), contact)
    this.#machines.add(toHex(machine))
    const sighting = { ...flags, machine: toHex(machine), anchor: toHex(anchor), at }
    this.#counts.get(application)?.record(sighting)
  }

  /** The machine stays in the count until its window ends: it was here. */
  #release({ machine, product, req, index }: ReleaseEntry): void {
    const license = licenseKey(machine, product)
    this.#licenses.delete(license)
    this.#branches.forget(license)
    this.#givenBack.add(license)
    this.#released.set(toHex(req), index)
    this.places.free(machine, product)
  }

  #administrative(entry: AdministrativeEntry): void {
    const note = readForkNote(entry)
    if (note !== undefined) this.#branches.apply(licenseKey(note.machine, note.product), note, entry)
    const pool = readPoolAct(entry)
    if (pool?.act === 'pool-join') this.places.join(pool.machine, pool.pool, entry.time)
    if (pool?.act === 'pool-add') this.#pools.set(toHex(pool.pool), pool.limit)
    if (pool?.act === 'pool-remove') this.#pools.delete(toHex(pool.pool))
  }
}

function licenseKey(machine: Uint8Array, product: Uint8Array): string {
  return `${toHex(machine)}/${toHex(product)}`
}

function contactKey(machine: Uint8Array, application: string): string {
  return `${toHex(machine)}/${application}`
}

type Hardware = Pick<Contact, 'anchor' | 'flags'>

function isSameHardware(a: Hardware, b: Hardware): boolean {
  return equal(a.anchor, b.anchor) && encodeFlags(a.flags) === encodeFlags(b.flags)
}
