import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { equal, toHex } from '@volact/core/bytes'
import { openCheckpoint, parseCheckpoint } from '@volact/core/document/checkpoint'
import { detailsDigest } from '@volact/core/document/details'
import { entitlementOf } from '@volact/core/document/entitlement'
import { documentKinds } from '@volact/core/document/kinds'
import { entryIndex, type LedgerEntry, parseEntry } from '@volact/core/document/ledger-entry'
import { openRequest, requestDigest } from '@volact/core/document/request'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import { leafHash } from '@volact/core/transparency/node-hash'
import { coverRange, RangeRoot } from '@volact/core/transparency/range'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { verifyPath } from '@volact/core/x509/path'
import { fileError } from '@volact/files/file-error'
import type { DetailsRecord } from './details-record.ts'
import { entryDigests } from './entry-digests.ts'
import { type ExportHead, exportItemLimit, parseExported, parseExportHead } from './export-format.ts'
import { readAt } from './read-at.ts'

export interface CheckExportOptions {
  /** Roots that are trusted. */
  readonly roots: readonly [Certificate, ...Certificate[]]
  /** Is handed each entry with its index, once the whole file was found good so far; erased ones are left out. */
  readonly onEntry?: (entry: LedgerEntry, index: number) => void
  readonly onProgress?: (done: number, total: number) => void
}

/** What an export proves. */
export interface CheckedExport {
  readonly head: TreeHead
  readonly customer: string
  readonly from: number
  readonly to: number
  readonly erased: number
  readonly withDetails: number
  readonly root: Certificate
}

const digestLength = 32
const stride = 1_000

/**
 * Checks an exported range without any host: its digest, that its signer was certified for this log when it signed, that its
 * entries lead to the signed root, and that what lies beside them is theirs. `MALFORMED`, `SIGNATURE_INVALID`, `LOG_MISMATCH`, …
 */
export async function checkExport(path: string, options: CheckExportOptions): Promise<CheckedExport> {
  try {
    const descriptor = openSync(path, 'r')
    try {
      return await new Checking(descriptor, options).run()
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileError(error, 'read', path)
  }
}

class Checking {
  readonly #descriptor: number
  readonly #options: CheckExportOptions
  readonly #size: number
  readonly #hash = createHash('sha256')
  #at = 0

  constructor(descriptor: number, options: CheckExportOptions) {
    this.#descriptor = descriptor
    this.#options = options
    this.#size = fstatSync(descriptor).size
  }

  async run(): Promise<CheckedExport> {
    const exported = parseExportHead(this.#next())
    const { head, customer, root } = this.#openHead(exported)
    const { from, to, left, right } = exported
    if (!(from < to && to <= head.size)) throw malformed(`a range from ${from} to ${to} of ${head.size} entries`)
    const range = new RangeRoot()
    addAll(range, from, coverRange(0, from), left)
    const counts = await this.#entries(range, from, to)
    addAll(range, head.size, coverRange(to, head.size), right)
    if (!equal(range.root() ?? new Uint8Array(0), head.root))
      throw new ActivationError('PROOF_MISMATCH', 'the entries do not lead to the signed root')
    this.#end()
    return { head, customer, from, to, ...counts, root }
  }

  #openHead({ checkpoint, chain }: ExportHead): { head: TreeHead; customer: string; root: Certificate } {
    const claims = parseCheckpoint(checkpoint)
    const certificates = chain.map(parseCertificate)
    const leaf = certificates.find(({ fingerprint }) => equal(fingerprint, claims.x5t))
    if (leaf === undefined)
      throw new ActivationError('CHAIN_INVALID', 'the certificate that the checkpoint names is not in the file')
    const intermediates = certificates.filter((certificate) => certificate !== leaf)
    // As of when it was signed: an export is evidence, and stays so.
    const { root } = verifyPath({
      leaf,
      intermediates,
      roots: this.#options.roots,
      eku: documentKinds['host-receipt'].eku,
      at: claims.time,
    })
    const head = openCheckpoint(checkpoint, leaf.publicKey)
    const { logId, customer } = entitlementOf(leaf)
    if (!equal(logId, head.logId))
      throw new ActivationError('LOG_MISMATCH', 'the checkpoint is of another ledger than the certificate is for')
    return { head, customer, root }
  }

  async #entries(range: RangeRoot, from: number, to: number): Promise<{ erased: number; withDetails: number }> {
    let erased = 0
    let withDetails = 0
    for (let index = from; index < to; index += 1) {
      const exported = parseExported(this.#next())
      if (exported.kind === 'erased') erased += 1
      else {
        const entry = parseEntry(exported.bytes)
        if (entryIndex(entry) !== index) throw malformed(`entry ${index} says that it is number ${entryIndex(entry)}`)
        if (exported.details !== undefined) withDetails += 1
        if (exported.details !== undefined && !isBeside(entry, exported.details))
          throw malformed(`request and details at entry ${index} are not its own`)
        this.#options.onEntry?.(entry, index)
      }
      range.add(0, exported.kind === 'erased' ? exported.leaf : leafHash(exported.bytes))
      if (index % stride === 0) await this.#breathe()
    }
    return { erased, withDetails }
  }

  #next(): Uint8Array {
    const length = readAt(this.#descriptor, this.#at, 4)
    const size = length.length === 4 ? length.readUInt32BE(0) : 0
    if (size === 0 || size > exportItemLimit || this.#at + 4 + size + digestLength > this.#size)
      throw malformed(`no whole item at offset ${this.#at}`)
    const item = readAt(this.#descriptor, this.#at + 4, size)
    this.#hash.update(length).update(item)
    this.#at += 4 + size
    return new Uint8Array(item)
  }

  #end(): void {
    const digest = readAt(this.#descriptor, this.#at, digestLength + 1)
    if (!equal(digest, this.#hash.digest()))
      throw malformed(`it does not end with its digest ${toHex(digest.subarray(0, 4))}…`)
  }

  async #breathe(): Promise<void> {
    this.#options.onProgress?.(this.#at, this.#size)
    await setImmediate()
  }
}

function addAll(
  range: RangeRoot,
  size: number,
  subtrees: ReturnType<typeof coverRange>,
  hashes: readonly Uint8Array[],
): void {
  if (hashes.length !== subtrees.length)
    throw malformed(`${hashes.length} hashes where ${subtrees.length} lead to size ${size}`)
  for (const [at, { height }] of subtrees.entries()) range.add(height, hashes[at] ?? new Uint8Array(0))
}

function isBeside(entry: LedgerEntry, { request, salt, details }: Omit<DetailsRecord, 'index'>): boolean {
  const digests = entryDigests(entry)
  if (digests === undefined) return false
  if (digests.req !== undefined && !equal(requestDigest(request), digests.req)) return false
  if (digests.detailsDigest !== undefined) return equal(detailsDigest(salt, details), digests.detailsDigest)
  if (digests.req !== undefined) return true
  const opened = openRequest(request)
  return equal(opened.machine, digests.machine) && equal(detailsDigest(salt, details), opened.request.detailsDigest)
}

function malformed(why: string): ActivationError {
  return new ActivationError('MALFORMED', `this is no whole export of a ledger: ${why}`)
}
