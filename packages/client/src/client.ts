import { activate } from './activation/activate.ts'
import type { ActivationOutcome } from './activation/outcome.ts'
import { ActivationError } from '@volact/core/errors/activation-error'
import { whileLocked } from './folder/open-client-folder.ts'
import { readSettings, type Settings, writeSettings } from './folder/settings.ts'
import { silent } from './folder/kept-file.ts'
import { formatHostAddress, type HostAddress, parseHostAddress } from './host-address.ts'
import type { Installation } from './installation.ts'
import { chooseProduct, installedProducts } from './installed-products.ts'
import { type InstalledProduct, installKey } from './install-key.ts'
import { type ClientStatus, clientStatus } from './status.ts'
import { lockFolder } from '@volact/files/lock'
import type { SoldProduct } from './vendors/vendor.ts'

/** What an activation is asked for, where it is not what the folder says. */
export interface ActivateOptions {
  /** `NAME`, `NAME:PORT` or `[IPV6]:PORT`; for this time only. */
  readonly host?: string
  /** Activation ID, slug or setup key; needed when several products are installed. */
  readonly product?: string
}

/** The client of one folder. The folder is locked only while something is written into it, an activation included. */
export class Client {
  readonly #installation: Installation
  readonly #notes: readonly string[]
  #activating: Promise<unknown> = Promise.resolve()

  /** `notes` are what was found at opening and is not used. */
  constructor(installation: Installation, notes: readonly string[]) {
    this.#installation = installation
    this.#notes = notes
  }

  /** Installs a setup key as people type it. `KEY_INVALID`, `HOST_KEY_ON_CLIENT`, `FOLDER_IN_USE`. */
  installKey(text: string): InstalledProduct {
    return installKey(this.#installation, text)
  }

  /** Sets the host that is asked, and gives it as `NAME:PORT`. `USAGE` for what is no address. */
  setHost(text: string): string {
    const host = formatHostAddress(parseHostAddress(text))
    this.#change((settings) => ({ ...settings, host }))
    return host
  }

  /** Forgets the host that was set. */
  clearHost(): void {
    this.#change(({ keys, logs }) => ({ keys, logs }))
  }

  /**
   * Asks a host to activate or renew. A no is an answer; thrown is what kept the host from giving one, or what is wrong with it:
   * `HOST_UNREACHABLE` with each attempt, `HOST_MUTE`, `FOREIGN_PROTOCOL`, the codes of protocol.md §10, `NO_PRODUCT_KEY`,
   * `FOLDER_IN_USE`. Neither takes a running lease away (rules 24, 25).
   */
  activate(options: ActivateOptions = {}): Promise<ActivationOutcome> {
    const outcome = this.#activate(options)
    this.#activating = outcome.catch(() => undefined)
    return outcome
  }

  /** Tells the state of a product: the one that is named, or the first. Never fails for a reason of licensing. */
  status(product?: string): ClientStatus {
    return clientStatus(this.#installation, this.#notes, product)
  }

  /** Gives the lease as a file that needs nothing but the vendor's root to be checked. `NOT_BOUND` when there is none. */
  exportLease(product?: string): Uint8Array {
    const sold = this.#choose(product)
    const problems: string[] = []
    const stored = this.#installation.leases.read(sold, (text) => problems.push(text))
    if (stored !== undefined) return stored.bytes
    const why = problems.length === 0 ? 'it was never activated here' : problems.join('; ')
    throw new ActivationError('NOT_BOUND', `there is no lease for ${sold.product.name}: ${why}`)
  }

  /** Waits until an activation that is under way has ended. Nothing else is held open. */
  async close(): Promise<void> {
    await this.#activating
  }

  async #activate({ host, product }: ActivateOptions): Promise<ActivationOutcome> {
    const { files } = this.#installation
    const sold = this.#choose(product)
    const address = chooseHost(host ?? readSettings(files, silent).host)
    const lock = lockFolder(files.dir)
    try {
      return await activate(this.#installation, sold, address)
    } finally {
      lock.release()
    }
  }

  #choose(product: string | undefined): SoldProduct {
    const { files, vendors } = this.#installation
    return chooseProduct(installedProducts(vendors, readSettings(files, silent), silent), product)
  }

  #change(change: (settings: Settings) => Settings): void {
    const { files } = this.#installation
    whileLocked(files, () => {
      writeSettings(files, change(readSettings(files, silent)))
    })
  }
}

function chooseHost(text: string | undefined): HostAddress {
  if (text !== undefined) return parseHostAddress(text)
  const message = 'no host is set, and none is looked for yet: use "volact client host set NAME:PORT"'
  throw new ActivationError('HOST_UNREACHABLE', message)
}
