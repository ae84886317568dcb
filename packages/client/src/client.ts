import { activate } from './activation/activate.ts'
import type { ActivationOutcome } from './activation/outcome.ts'
import { type AppliedLease, applyFile, requestByFile } from './activation/file-requests.ts'
import { granter } from './activation/granter.ts'
import { release, type Released } from './activation/release.ts'
import { requireLease } from './activation/require-lease.ts'
import { type ProofQuestion, proveLicense, type ProvenLicense } from './agent/prove-license.ts'
import { activateSomewhere } from './discovery/activate-somewhere.ts'
import { discover } from './discovery/discover.ts'
import type { DiscoveryReport } from './discovery/discovery-report.ts'
import type { SearchOptions } from './discovery/search-plan.ts'
import { Driver } from './driver/driver.ts'
import type { RunningClient } from './driver/running-client.ts'
import type { DriverOptions } from './driver/surroundings.ts'
import { type LicenseListener, Watchers } from './driver/watchers.ts'
import { silent } from './folder/kept-file.ts'
import { readStore } from './folder/store.ts'
import { generalize, type Generalized } from './generalize.ts'
import type { ActivationType } from './hosts/activation-type.ts'
import { clearDomain, clearHost, setActivationType, setDomain, setHost, setHostCaching } from './hosts/change-hosts.ts'
import { type HostSettingsReport, reportHostSettings } from './hosts/host-settings-report.ts'
import type { Scope } from './hosts/scope.ts'
import type { Installation } from './installation.ts'
import { chooseProduct, installedProducts } from './installed-products.ts'
import { type InstalledProduct, installKey } from './install-key.ts'
import { rearm, type Rearmed, type RearmOptions } from './rearm.ts'
import { removeKey, type RemovedProduct } from './remove-key.ts'
import type { License } from './sdk/license.ts'
import { lookAtLicense } from './sdk/look-at-license.ts'
import { installedEdition } from './sdk/own-product.ts'
import { type ClientStatus, clientStatus } from './status.ts'
import type { SoldProduct } from './vendors/vendor.ts'

/** What an activation is asked for, where it is not what the folder says. */
export interface ActivateOptions extends SearchOptions {
  /** Activation ID, slug or setup key; needed when several products are installed. */
  readonly product?: string
  /** Gives up when it aborts, with its reason. */
  readonly signal?: AbortSignal
}

/** The client of one folder. The folder is locked only while something is written into it. */
export class Client {
  readonly #installation: Installation
  readonly #notes: readonly string[]
  readonly #watchers = new Watchers((product) => this.license(product))
  #activating: Promise<unknown> = Promise.resolve()
  #driver: Driver | undefined

  /** `notes` are what was found at opening and is not used. */
  constructor(installation: Installation, notes: readonly string[]) {
    this.#installation = installation
    this.#notes = notes
  }

  /** Installs a setup key as people type it. `KEY_INVALID`, `HOST_KEY_ON_CLIENT`, `FOLDER_IN_USE`. */
  installKey(text: string): InstalledProduct {
    return installKey(this.#installation, text)
  }

  /** Removes a product's key, and with it its license. `NO_PRODUCT_KEY`, `USAGE` where several are installed and none is named. */
  removeKey(product?: string): RemovedProduct {
    return removeKey(this.#installation, this.#choose(product))
  }

  /** Begins the timers anew, and makes the machine another one where the whole of it is rearmed (ADR 7). `REARMS_EXHAUSTED`. */
  rearm(options: RearmOptions = { level: 'machine' }): Promise<Rearmed> {
    return rearm(this.#installation, options)
  }

  /**
   * Gives a product's lease back to the host that granted it, or to the one that is named. `NOT_BOUND` where there is none; whatever
   * else is thrown has taken nothing away.
   */
  async release(product?: string, host?: string, route: { readonly signal?: AbortSignal } = {}): Promise<Released> {
    const sold = this.#choose(product)
    return release(this.#installation, sold, granter(this.#installation, sold, host), route)
  }

  /** Prepares the folder to be copied, as an image: nothing stays that is this machine's own. `FOLDER_IN_USE`. */
  generalize(): Generalized {
    return generalize(this.#installation)
  }

  /** Sets the host that is asked, for the machine where no scope is named, and gives it as `NAME:PORT`. `USAGE` for what is no address. */
  setHost(text: string, scope?: Scope): string {
    return setHost(this.#installation, text, scope)
  }

  /** Forgets the host that was set for the scope. */
  clearHost(scope?: Scope): void {
    clearHost(this.#installation, scope)
  }

  /** Sets the one zone in which a host is looked for by DNS, and gives its name; a host that is set goes before. `USAGE`. */
  setDomain(fqdn: string, scope?: Scope): string {
    return setDomain(this.#installation, fqdn, scope)
  }

  /** Forgets the zone that was set for the scope. */
  clearDomain(scope?: Scope): void {
    clearDomain(this.#installation, scope)
  }

  /** Switches on or off that the last good host is asked before DNS; it is on at first. */
  setHostCaching(on: boolean): void {
    setHostCaching(this.#installation, on)
  }

  /** Sets on which way the products of the scope may be activated. */
  setActivationType(type: ActivationType, scope?: Scope): void {
    setActivationType(this.#installation, type, scope)
  }

  /** Tells all that is set about hosts, the last good ones, and what the administrator's policy puts above it. */
  hostSettings(): HostSettingsReport {
    return reportHostSettings(this.#installation.files, this.#installation.readPolicy())
  }

  /**
   * Goes the whole way to a host without asking one, and reports each step; without a product installed, for all vendors. Throws
   * `USAGE` for mistyped options and `NO_PRODUCT_KEY` for a product that is named and not installed, and for nothing it sees.
   */
  async discover(product?: string, options: SearchOptions = {}): Promise<DiscoveryReport> {
    const sold = product === undefined ? this.#installed()[0] : this.#choose(product)
    return discover(this.#installation, sold, options)
  }

  /**
   * Activates or renews a product at the host that is found in the order of protocol.md §11.6. A no is an answer; thrown is what
   * kept every host from giving a lease: `NO_HOST_ANSWERED` with all that was tried, a code of DNS, or of the one host that somebody
   * named (`HOST_UNREACHABLE`, `HOST_MUTE`, `FOREIGN_PROTOCOL`, the codes of protocol.md §10). Also `NO_PRODUCT_KEY`,
   * `FOLDER_IN_USE`, `POLICY_INVALID`. Nothing of this takes a running lease away (rules 24, 25).
   */
  activate(options: ActivateOptions = {}): Promise<ActivationOutcome> {
    const outcome = this.#activate(options).finally(() => {
      this.#watchers.look()
    })
    this.#activating = outcome.catch(() => undefined)
    return outcome
  }

  /** Tells the state of a product: the one that is named, or the first. Never fails for a reason of licensing. */
  status(product?: string): ClientStatus {
    return clientStatus(this.#installation, this.#notes, product)
  }

  /** Tells a program where it stands, as `status` tells an administrator. Never fails for a reason of licensing. */
  license(product?: string): License {
    const license = lookAtLicense(this.#installation, this.#notes, product)
    const problems = this.#driver?.problems ?? []
    return problems.length === 0 ? license : { ...license, notes: [...license.notes, ...problems] }
  }

  /** Says whether a feature may be used now, as `license` lists them. */
  hasFeature(feature: string, product?: string): boolean {
    return this.license(product).features.includes(feature)
  }

  /**
   * Calls back with the new license each time that it has changed, whoever has changed it, until the function that is returned is
   * called. What other programs and time change is seen while the client runs (`start`).
   */
  watch(listener: LicenseListener, product?: string): () => void {
    return this.#watchers.add(listener, product)
  }

  /** Keeps all installed products activated from now on. A client runs once: a second start gives the one that runs. */
  start(options: DriverOptions = {}): RunningClient {
    if (this.#driver?.isRunning !== true) this.#driver = this.#drive(options)
    return this.#driver
  }

  /**
   * Writes what an administrator brings to a host by hand, for one product or for all (rule 46): `volact host respond` answers it.
   * `NO_PRODUCT_KEY`, `FOLDER_IN_USE`.
   */
  requestByFile(product?: string): Promise<Uint8Array> {
    return requestByFile(this.#installation, product === undefined ? this.#installed() : [this.#choose(product)])
  }

  /** Takes the answer to such a file, once and within 30 days. A refusal is thrown by its code, and so is what protocol.md §10 finds. */
  async applyFile(file: Uint8Array): Promise<readonly AppliedLease[]> {
    try {
      return await applyFile(this.#installation, file)
    } finally {
      this.#watchers.look()
    }
  }

  /** Gives the lease as a file that needs nothing but the vendor's root to be checked. `NOT_BOUND` when there is none. */
  exportLease(product?: string): Uint8Array {
    return requireLease(this.#installation, this.#choose(product)).bytes
  }

  /** Proves to a program of this machine that a lease is this machine's (rule 4). `NO_PRODUCT_KEY`, `NOT_BOUND`, `MALFORMED`. */
  async prove({ product, ...question }: ProofQuestion): Promise<ProvenLicense> {
    return proveLicense(this.#installation, this.#choose(product), question)
  }

  /**
   * Stops what was started, and waits until an activation that is under way has ended. An ephemeral machine gives its leases back, as far as
   * its host answers within seconds (rule 38). Nothing else is held open.
   */
  async close(): Promise<void> {
    await this.#driver?.stop()
    await this.#activating
    await this.#installation.farewell?.()
  }

  #drive(options: DriverOptions): Driver {
    const driven = {
      activate: (product: string, signal: AbortSignal) => this.#activate({ product, signal }),
      license: (product: string) => this.license(product),
      looked: () => {
        this.#watchers.look()
      },
    }
    return new Driver(this.#installation, driven, options)
  }

  async #activate({ product, signal, ...options }: ActivateOptions): Promise<ActivationOutcome> {
    const sold = this.#choose(product)
    const abort = signal && { signal }
    return activateSomewhere(this.#installation, sold, { ...options, ...abort }, (address, route) =>
      activate(this.#installation, sold, address, { ...route, ...abort }),
    )
  }

  #choose(product: string | undefined): SoldProduct {
    const { own } = this.#installation
    const installed = this.#installed()
    return chooseProduct(installed, product ?? (own && installedEdition(own, installed)))
  }

  #installed(): readonly SoldProduct[] {
    return installedProducts(this.#installation.vendors, readStore(this.#installation, silent).settings, silent)
  }
}
