import { statSync } from 'node:fs'
import { decodeUtf8, utf8 } from '@volact/core/bytes'
import { OverwrittenFile } from '@volact/files/overwritten-file'
import { readLimited } from '@volact/files/read-limited'

const markLimit = 64

/**
 * Up to which entry every request has been verified (rule 15). Not durable, and not believed to be right: one that is too low, or cannot be
 * read, has some verified twice.
 */
export class VerifiedMark {
  readonly #file: OverwrittenFile
  #written: number

  constructor(path: string) {
    this.#file = new OverwrittenFile(path)
    this.#written = readMark(path)
  }

  /** The index of the first entry whose request may not have been verified, in a ledger of this size: a mark beyond it is another's. */
  within(size: number): number {
    return this.#written > size ? 0 : this.#written
  }

  /** Writes the mark if it has moved. What the disk says is thrown, and does no harm. */
  write(value: number): void {
    if (value === this.#written) return
    this.#file.write(utf8(`${value}\n`))
    this.#written = value
  }

  close(): void {
    this.#file.close()
  }
}

function readMark(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? Infinity) > markLimit) return 0
  const text = decodeUtf8(readLimited(path, markLimit, 'the mark of what is verified')) ?? ''
  return /^\d{1,15}\n$/.test(text) ? Number(text) : 0
}
