import { equal } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import { type Consistency, encodeReceipt } from '@volact/core/document/receipt'
import { type SignedTreeHead, signTreeHead } from '@volact/core/document/tree-head'
import type { Instant } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'
import type { HostCertificate } from '../activation/host-certificate.ts'
import { AnswerPress } from './answer-press.ts'
import type { EntryBatch } from './entry-batch.ts'

export type { NewEntry } from './entry-batch.ts'

/** A ledger with the key that signs its heads. Before anything is served, the size that was found is signed (rule 22). */
export class HostLog {
  readonly ledger: Ledger
  readonly certificate: HostCertificate
  /** Makes the answers that grant. */
  readonly press: AnswerPress
  readonly #signer: Signer
  #signed: SignedTreeHead | undefined

  constructor(ledger: Ledger, certificate: HostCertificate, signer: Signer) {
    this.ledger = ledger
    this.certificate = certificate
    this.press = new AnswerPress(
      ledger,
      certificate.chain.map(({ der }) => der),
    )
    this.#signer = signer
  }

  get logId(): Uint8Array {
    return this.certificate.entitlement.logId
  }

  /** Number of durable entries. */
  get size(): number {
    return this.ledger.size
  }

  /** The root over all of them. */
  root(): Uint8Array {
    return this.ledger.root()
  }

  /** Appends a batch and syncs (rule 22). What throws is not in the ledger. */
  append({ first, time, entries }: EntryBatch): Promise<void> {
    return this.ledger.append({ first, time, entries: entries.map(({ bytes }) => bytes) })
  }

  /** Signs the present size and root. */
  signHead(time: Instant): void {
    const { size } = this.ledger
    const head = { size, time, logId: this.logId, x5t: this.certificate.leaf.fingerprint, root: this.ledger.root() }
    this.#signed = signTreeHead(head, this.#signer)
    this.press.use(this.#signed)
  }

  /** Writes the newest signed head beside the entries. An older one there is no harm. */
  keepHead(): void {
    if (this.#signed !== undefined) this.ledger.writeHead(encodeCheckpoint(this.#signed), this.#signed.head)
  }

  /** Whether the newest head covers all entries: not after a signer has failed behind a sync. */
  get isSigned(): boolean {
    return this.#signed?.head.size === this.ledger.size
  }

  /** Gives an entry's receipt of the newest head, with a consistency proof from an earlier size if one is asked for (rule 25). */
  receipt(index: number, from: number | undefined): Uint8Array {
    const signed = this.#newest
    const { size } = signed.head
    const consistency = from === undefined ? undefined : this.growth(from)
    return encodeReceipt(signed, { index, path: this.ledger.inclusion(index, size) }, consistency)
  }

  /** Gives the consistency proof from a size, which anybody may have named, to the newest head; nothing where there is none. */
  growth(from: number): Consistency | undefined {
    const { size } = this.#newest.head
    return from === 0 || from >= size ? undefined : { from, path: this.ledger.consistency(from, size) }
  }

  get #newest(): SignedTreeHead {
    if (this.#signed === undefined) throw new Error('nothing is served before the first head is signed')
    return this.#signed
  }

  /** Whether a client that names this certificate as the one it has needs the chain. */
  needsChain(known: Uint8Array | undefined): boolean {
    return known === undefined || !equal(known, this.certificate.leaf.fingerprint)
  }

  /** The chain that an answer carries: none when the client names the certificate that it has. */
  chainFor(known: Uint8Array | undefined): { readonly chain?: readonly Uint8Array[] } {
    return this.needsChain(known) ? { chain: this.certificate.chain.map(({ der }) => der) } : {}
  }

  /** Reads all entries that were not erased. */
  *entries(): Generator<LedgerEntry> {
    for (const bytes of this.ledger.entries()) if (bytes !== undefined) yield parseEntry(bytes)
  }
}
