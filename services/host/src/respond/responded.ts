import { closeSync, constants, existsSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { concat, equal, toHex } from '@volact/core/bytes'
import { fileRequestLifetime } from '@volact/core/document/file-request'
import { parseEntry } from '@volact/core/document/ledger-entry'
import type { Instant } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { fileError } from '@volact/files/file-error'
import { readLimited } from '@volact/files/read-limited'
import type { Ledger } from '@volact/ledger/ledger'
import { fileLimits } from '../folder/files.ts'
import { readRespond } from './respond-entry.ts'

/** A file request that was answered: where the act stands that says so. */
interface RespondedRequest {
  readonly digest: Uint8Array
  readonly index: number
  /** When the request was made; what is too old to be answered need not be remembered. */
  readonly made: Instant
}

/** SHA-256, index and time, eight bytes each. */
const recordLength = 48

/**
 * The file requests that were answered (rule 46), in a list beside the ledger that says where to look: what does not stand in the ledger
 * does not count. Records are added before their entries are appended, and are durable before anything is answered; what a crash or a
 * full disk has torn is written over.
 */
export class RespondedRequests {
  readonly #path: string
  readonly #ledger: Ledger
  readonly #known = new Map<string, RespondedRequest>()
  /** Bytes of whole records in the file. */
  #length: number
  #isDurable = true

  /** Forgets what is too old to be asked again. */
  constructor(path: string, ledger: Ledger, now: Instant) {
    this.#path = path
    this.#ledger = ledger
    const bytes = existsSync(path)
      ? readLimited(path, fileLimits.responded, 'the list of answered requests')
      : new Uint8Array(0)
    const kept = parse(bytes).filter(
      (record) => record.made >= now - fileRequestLifetime && this.#stands(record, undefined),
    )
    for (const record of kept) this.#known.set(toHex(record.digest), record)
    this.#length = kept.length * recordLength
    if (this.#length < bytes.length) writeDurably(path, concat(...kept.map(encode)))
  }

  /** Finds the place of the act for a request; `pending` gives the bytes of entries that are still to be appended. */
  find(digest: Uint8Array, pending: (index: number) => Uint8Array | undefined): number | undefined {
    const found = this.#known.get(toHex(digest))
    return found !== undefined && this.#stands(found, pending(found.index)) ? found.index : undefined
  }

  /** Notes that a request is answered by the act at a place. */
  add(record: RespondedRequest): void {
    this.#isDurable = false
    this.#write((descriptor) => {
      const bytes = encode(record)
      for (let done = 0; done < recordLength;) {
        done += writeSync(descriptor, bytes, done, recordLength - done, this.#length + done)
      }
    })
    this.#length += recordLength
    this.#known.set(toHex(record.digest), record)
  }

  /** Makes durable what was added: once for all that is answered together. */
  sync(): void {
    if (!this.#isDurable) this.#write(fdatasyncSync)
    this.#isDurable = true
  }

  #write(act: (descriptor: number) => void): void {
    try {
      const descriptor = openSync(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600)
      try {
        act(descriptor)
      } finally {
        closeSync(descriptor)
      }
    } catch (error) {
      throw fileError(error, 'write', this.#path)
    }
  }

  #stands({ digest, index }: RespondedRequest, pending: Uint8Array | undefined): boolean {
    const bytes = pending ?? (index < this.#ledger.size ? this.#ledger.entry(index) : undefined)
    const said = bytes && readRespond(parseEntry(bytes))
    return said !== undefined && equal(said, digest)
  }
}

function parse(bytes: Uint8Array): readonly RespondedRequest[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: Math.floor(bytes.length / recordLength) }, (_, place) => {
    const at = place * recordLength
    return {
      digest: bytes.slice(at, at + 32),
      index: Number(view.getBigUint64(at + 32)),
      made: Number(view.getBigUint64(at + 40)),
    }
  })
}

function encode({ digest, index, made }: RespondedRequest): Uint8Array {
  const bytes = new Uint8Array(recordLength)
  const view = new DataView(bytes.buffer)
  bytes.set(digest)
  view.setBigUint64(32, BigInt(index))
  view.setBigUint64(40, BigInt(made))
  return bytes
}
