import { randomBytes } from 'node:crypto'
import { equal } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { encodeEntry, type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import { encodeReceipt } from '@volact/core/document/receipt'
import { type SignedTreeHead, signTreeHead } from '@volact/core/document/tree-head'
import type { Instant } from '@volact/core/time'
import type { DetailsRecord } from '@volact/ledger/details-record'
import type { Ledger } from '@volact/ledger/ledger'
import type { HostCertificate } from '../activation/host-certificate.ts'

/** An entry that is to be appended, with what lies beside it. */
export interface NewEntry {
  readonly entry: LedgerEntry
  readonly bytes: Uint8Array
  readonly details?: Omit<DetailsRecord, 'index'>
}

/** The entries of one batch, numbered as they come, all of one time. */
export class EntryBatch {
  readonly time: Instant
  readonly #first: number
  readonly #entries: NewEntry[] = []

  constructor(first: number, time: Instant) {
    this.#first = first
    this.time = time
  }

  get entries(): readonly NewEntry[] {
    return this.#entries
  }

  /** Adds an entry that `make` gives its index and `cti`, and returns the two that it was given. */
  add(
    make: (place: { index: number; cti: Uint8Array }) => LedgerEntry,
    details?: Omit<DetailsRecord, 'index'>,
  ): NewEntry & { index: number } {
    const index = this.#first + this.#entries.length
    const entry = make({ index, cti: new Uint8Array(randomBytes(16)) })
    const added = { entry, bytes: encodeEntry(entry), ...(details && { details }) }
    this.#entries.push(added)
    return { ...added, index }
  }
}

/** A ledger with the key that signs its heads. Before anything is served, the size that was found is signed (rule 22). */
export class HostLog {
  readonly ledger: Ledger
  readonly certificate: HostCertificate
  readonly #signer: Signer
  #signed: SignedTreeHead | undefined

  constructor(ledger: Ledger, certificate: HostCertificate, signer: Signer) {
    this.ledger = ledger
    this.certificate = certificate
    this.#signer = signer
  }

  get logId(): Uint8Array {
    return this.certificate.entitlement.logId
  }

  /** Appends a batch, syncs, and signs the new head, in this order (rule 22). What throws has acknowledged nothing. */
  async append(batch: EntryBatch): Promise<void> {
    await this.ledger.append(batch.entries.map(({ bytes }) => bytes))
    this.signHead(batch.time)
  }

  /** Signs the present size and root. */
  signHead(time: Instant): void {
    const { size } = this.ledger
    const head = { size, time, logId: this.logId, x5t: this.certificate.leaf.fingerprint, root: this.ledger.root() }
    this.#signed = signTreeHead(head, this.#signer)
  }

  /** Writes the newest signed head beside the entries. An older one there is no harm. */
  keepHead(): void {
    if (this.#signed !== undefined) this.ledger.writeHead(encodeCheckpoint(this.#signed))
  }

  /** Gives an entry's receipt of the newest head, with a consistency proof from an earlier size if one is asked for (rule 25). */
  receipt(index: number, from: number | undefined): Uint8Array {
    if (this.#signed === undefined) throw new Error('nothing is served before the first head is signed')
    const { size } = this.#signed.head
    const consistency =
      from === undefined || from >= size ? undefined : { from, path: this.ledger.consistency(from, size) }
    return encodeReceipt(this.#signed, { index, path: this.ledger.inclusion(index, size) }, consistency)
  }

  /** The chain that an answer carries: none when the client names the certificate that it has. */
  chainFor(known: Uint8Array | undefined): { readonly chain?: readonly Uint8Array[] } {
    const { leaf, chain } = this.certificate
    return known !== undefined && equal(known, leaf.fingerprint) ? {} : { chain: chain.map(({ der }) => der) }
  }

  /** Reads all entries. */
  *entries(): Generator<LedgerEntry> {
    for (const bytes of this.ledger.entries()) yield parseEntry(bytes)
  }
}
