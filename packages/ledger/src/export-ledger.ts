import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync, fsyncSync, rmSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import { coverRange, RangeRoot, type Subtree } from '@volact/core/transparency/range'
import { fileError } from '@volact/files/file-error'
import { damaged } from './damage.ts'
import { encodeExported, encodeExportHead } from './export-format.ts'
import { openHead, readSettledHead } from './head-file.ts'
import { leafOf } from './leaf-of.ts'
import { type LedgerFiles, ledgerFiles } from './ledger-files.ts'
import { LedgerReader } from './ledger-reader.ts'
import { readEntries } from './read-entries.ts'

export interface ExportOptions {
  /** The first entry, else 0; and the one behind the last, else the size of the signed head. */
  readonly from?: number
  readonly to?: number
  /** Whether requests and details go along: names and addresses of machines. */
  readonly details?: 'with' | 'without'
  /** The host's certificate, whose key has signed the head, and those above it. */
  readonly chain: readonly Uint8Array[]
  readonly keys: readonly PublicKey[]
  /** Is told how many of how many entries are done. */
  readonly onProgress?: (done: number, total: number) => void
}

/** What an export holds. */
export interface ExportReport {
  readonly from: number
  readonly to: number
  readonly size: number
  readonly erased: number
}

/** How many entries are handled between two turns of the event loop. */
const stride = 1_000

/**
 * Writes a range of the ledger into a file that proves itself: the signed checkpoint, its certificates, the entries, and the hashes
 * that lead from them to the signed root. Reads only, so that it works beside the running host. `USAGE` for a range that is not there.
 */
export async function exportLedger(dir: string, path: string, options: ExportOptions): Promise<ExportReport> {
  const files = ledgerFiles(dir)
  const checkpoint = readSettledHead(files.head)
  const head = checkpoint && openHead(checkpoint, options.keys)
  if (checkpoint === undefined || head === undefined)
    throw damaged({ path: files.head }, 'there is no good signed head; a start of the host signs one')
  const { from = 0, to = head.size } = options
  if (!(from >= 0 && from < to && to <= head.size))
    throw new ActivationError(
      'USAGE',
      `the ledger has ${head.size} entries, numbered from 0, and no range from ${from} to ${to}`,
    )
  const work = new Exporting(files, head, options)
  const sides = {
    left: await work.subtrees(coverRange(0, from)),
    right: await work.subtrees(coverRange(to, head.size)),
  }
  const file = new HashedFile(path)
  try {
    file.write(encodeExportHead({ checkpoint, chain: options.chain, from, to, ...sides }))
    const erased = await work.entries(from, to, file)
    await work.check(from, to, sides)
    file.end()
    return { from, to, size: head.size, erased }
  } catch (error) {
    file.discard()
    throw fileError(error, 'write', path)
  }
}

class Exporting {
  readonly #files: LedgerFiles
  readonly #head: TreeHead
  readonly #options: ExportOptions
  #done = 0

  constructor(files: LedgerFiles, head: TreeHead, options: ExportOptions) {
    this.#files = files
    this.#head = head
    this.#options = options
  }

  async subtrees(wanted: readonly Subtree[]): Promise<readonly Uint8Array[]> {
    const roots: Uint8Array[] = []
    for (const { height, number } of wanted) {
      const range = new RangeRoot()
      for (const record of readEntries(this.#files, number * 2 ** height, (number + 1) * 2 ** height)) {
        range.add(0, new Uint8Array(leafOf(record)))
        await this.#breathe()
      }
      roots.push(range.root() ?? new Uint8Array(0))
    }
    return roots
  }

  async entries(from: number, to: number, file: HashedFile): Promise<number> {
    const { details: asked = 'without' } = this.#options
    const reader = new LedgerReader(this.#files.dir)
    let erased = 0
    try {
      for (const { index, bytes, details } of reader.read(from, to)) {
        const [record] = bytes === undefined ? readEntries(this.#files, index, index + 1) : []
        if (record !== undefined) erased += 1
        const leaf = record && new Uint8Array(leafOf(record))
        if (bytes !== undefined)
          file.write(encodeExported({ kind: 'entry', bytes, ...(asked === 'with' && details && { details }) }))
        else if (leaf !== undefined) file.write(encodeExported({ kind: 'erased', leaf }))
        await this.#breathe()
      }
      return erased
    } finally {
      reader.close()
    }
  }

  /** What was written leads to the signed root, or the ledger is damaged. */
  async check(
    from: number,
    to: number,
    { left, right }: { left: readonly Uint8Array[]; right: readonly Uint8Array[] },
  ): Promise<void> {
    const range = new RangeRoot()
    for (const [at, { height }] of coverRange(0, from).entries()) range.add(height, left[at] ?? new Uint8Array(0))
    for (const record of readEntries(this.#files, from, to)) {
      range.add(0, new Uint8Array(leafOf(record)))
      await this.#breathe()
    }
    for (const [at, { height }] of coverRange(to, this.#head.size).entries())
      range.add(height, right[at] ?? new Uint8Array(0))
    if (equal(range.root() ?? new Uint8Array(0), this.#head.root)) return
    throw damaged(
      { path: this.#files.dir },
      `its first ${this.#head.size} entries are not those that the head was signed over`,
    )
  }

  async #breathe(): Promise<void> {
    this.#done += 1
    if (this.#done % stride !== 0) return
    this.#options.onProgress?.(Math.min(this.#done, this.#head.size), this.#head.size)
    await setImmediate()
  }
}

/** A new file that ends with the SHA-256 of what is before it. */
class HashedFile {
  readonly #path: string
  readonly #descriptor: number
  readonly #hash = createHash('sha256')
  #isOpen = true

  constructor(path: string) {
    this.#path = path
    this.#descriptor = openSync(path, 'wx', 0o600)
  }

  write(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done)
  }

  end(): void {
    writeSync(this.#descriptor, this.#hash.digest())
    fsyncSync(this.#descriptor)
    this.#close()
  }

  discard(): void {
    this.#close()
    rmSync(this.#path, { force: true })
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor)
    this.#isOpen = false
  }
}
