import type { Catalog } from '@volact/core/catalog/catalog'
import { encodeStarter } from '@volact/core/document/starter'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { ActivateHostMessage } from '@volact/core/wire/host-activation-messages'
import type { RenewHostMessage } from '@volact/core/wire/host-renewal-messages'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { Certificate } from '@volact/core/x509/certificate'
import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'
import { activateHost, type HostAnswer } from './activation/activate-host.ts'
import { WrongTries } from './activation/wrong-tries.ts'
import { renewHost, type RenewalAnswer } from './renewal/renew-host.ts'
import { type Database, openAuthorityDatabase } from './database/open-authority-database.ts'
import { readSetting, writeSetting } from './database/settings.ts'
import { authorityFiles } from './folder/files.ts'
import { usualAgreementEnd } from './folder/lifetimes.ts'
import { openSigners, type Signers } from './folder/open-signers.ts'
import type { RespondedFile } from './renewal/respond-file.ts'
import { setBlocked } from './keys/block-key.ts'
import { type IssuedKey, issueKey, type KeyOrder } from './keys/issue-key.ts'
import { type ListedKey, listKeys } from './keys/list-keys.ts'
import { type AppliedCatalog, applyCatalog, type CurrentPack, currentPack } from './packs/apply-catalog.ts'

/** Where the authority lives, and its clock. */
export interface AuthorityOptions {
  readonly dir: string
  readonly now: () => Instant
}

/** Opens an authority's folder for this process alone. Errors: those of the folder, its lock, its keys and its database. */
export async function openAuthority({ dir, now }: AuthorityOptions): Promise<Authority> {
  const { path } = openFolder(dir, 'authority')
  const lock = lockFolder(path)
  try {
    const files = authorityFiles(path)
    const signers = openSigners(files)
    const db = await openAuthorityDatabase(files.database)
    const close = async (): Promise<void> => {
      await db.destroy()
      lock.release()
    }
    return new Authority({ db, signers, now, close })
  } catch (error) {
    lock.release()
    throw error
  }
}

/** What is wrong with a question. Any other failure is this machine's (a full disk), and none of the asker's business. */
const askersFaults: readonly ErrorCode[] = [
  'KEY_INVALID',
  'MALFORMED',
  'SIGNATURE_INVALID',
  'LOG_MISMATCH',
  'UNKNOWN_CRITICAL',
  'KIND_MISMATCH',
  'CHAIN_INVALID',
  'RECEIPT_INVALID',
  'RECOVERY_REFUSED',
  'SPARE_NOT_CONFIRMED',
]

interface AuthorityParts {
  readonly db: Database
  readonly signers: Signers
  readonly now: () => Instant
  readonly close: () => Promise<void>
}

/** An open authority. It holds the folder's lock until it is closed. */
export class Authority {
  readonly #db: Database
  readonly #signers: Signers
  readonly #now: () => Instant
  readonly #wrongTries = new WrongTries()
  readonly #close: () => Promise<void>

  constructor({ db, signers, now, close }: AuthorityParts) {
    this.#db = db
    this.#signers = signers
    this.#now = now
    this.#close = close
  }

  /** The root that hosts and clients pin. */
  get root(): Certificate {
    return this.#signers.root
  }

  /** Reads a catalog file and makes it the newest catalog; the errors of `readCatalogFile` and `storeCatalog`. */
  async applyCatalog(path: string): Promise<AppliedCatalog> {
    const { readCatalogFile } = await import('./catalog/catalog-file.ts')
    return this.storeCatalog(readCatalogFile(path))
  }

  /** Makes a catalog the newest one, with a new pack if it differs; `CATALOG_INVALID` for another vendor's. */
  storeCatalog(catalog: Catalog): Promise<AppliedCatalog> {
    return applyCatalog(this.#db, catalog, { signer: this.#signers.pack, now: this.#now() })
  }

  /** Issues a product key and gives it whole, this once; `USAGE` for an order that makes no sense. */
  async issueKey(order: KeyOrder): Promise<IssuedKey> {
    const current = await currentPack(this.#db)
    const now = this.#now()
    const usualEnd = usualAgreementEnd(this.#signers.purpose, now)
    return issueKey(this.#db, order, { catalog: current?.catalog, now, usualEnd })
  }

  /** Lists all keys by serial. */
  listKeys(): Promise<readonly ListedKey[]> {
    return listKeys(this.#db)
  }

  /** Blocks a key, named by its serial or whole: it activates nothing any more. `KEY_INVALID` when there is none. */
  blockKey(reference: string): Promise<ListedKey> {
    return setBlocked(this.#db, reference, { blocked: true, now: this.#now() })
  }

  /** Lifts the block of a key. */
  unblockKey(reference: string): Promise<ListedKey> {
    return setBlocked(this.#db, reference, { blocked: false, now: this.#now() })
  }

  /** Gives the newest pack: the same bytes until a catalog changes it. `USAGE` before the first catalog. */
  async exportPack(): Promise<Uint8Array> {
    return (await this.#current()).pack
  }

  /** Makes a starter file: pack, root, contacts, and the address of this authority, by default where it last served. */
  async exportStarter({ address }: StarterOptions = {}): Promise<Uint8Array> {
    const { pack, catalog } = await this.#current()
    const authority = address ?? (await readSetting(this.#db, 'address'))
    if (authority === undefined) {
      throw new ActivationError('USAGE', 'the authority never served yet, so its address is not known: name it')
    }
    const { contacts } = catalog.vendor
    return encodeStarter({ pack, roots: [this.#signers.root.der], authority: requireAddress(authority), contacts })
  }

  /** Remembers under which address hosts reach this authority, for starter files. */
  rememberAddress(address: string): Promise<void> {
    return writeSetting(this.#db, 'address', address)
  }

  /** Answers a host that wants to be activated. `address` is where it asks from, for the limit on wrong keys (rule 52). */
  async activateHost(message: ActivateHostMessage, address: string): Promise<HostAnswer> {
    const context = { signers: this.#signers, now: this.#now(), address, wrongTries: this.#wrongTries }
    return answerOrRefuse(() => activateHost(this.#db, message, context))
  }

  /** Answers a host that wants its certificate renewed (rule 6). */
  async renewHost(message: RenewHostMessage, address: string): Promise<RenewalAnswer> {
    const context = { signers: this.#signers, now: this.#now(), address }
    return answerOrRefuse(() => renewHost(this.#db, message, context))
  }

  /** Answers the requests of hosts that have no network, a file with one or a bundle of them, in their order. */
  async respond(file: Uint8Array): Promise<RespondedFile> {
    const { respondToFile } = await import('./renewal/respond-file.ts')
    return respondToFile(this, file)
  }

  /** Closes the database and gives the folder free. */
  close(): Promise<void> {
    return this.#close()
  }

  async #current(): Promise<CurrentPack> {
    const current = await currentPack(this.#db)
    if (current !== undefined) return current
    const message = 'there is no catalog yet: apply one with "volact authority catalog apply FILE.yaml"'
    throw new ActivationError('USAGE', message)
  }
}

async function answerOrRefuse<T>(answer: () => Promise<T>): Promise<T | RefusalMessage> {
  try {
    return await answer()
  } catch (error) {
    if (!(error instanceof ActivationError) || !askersFaults.includes(error.code)) throw error
    return { kind: 'refusal', code: error.code, text: error.message }
  }
}

/** What stands in a starter file beside the pack. */
export interface StarterOptions {
  /** An https URL. */
  readonly address?: string
}

function requireAddress(address: string): string {
  if (/^https:\/\/[!-~]{1,200}$/.test(address)) return address
  throw new ActivationError('USAGE', `the address of the authority must be an https URL, not "${address}"`)
}
