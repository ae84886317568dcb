import { statSync, writeFileSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { readLimited } from '@volact/files/read-limited'
import { fileError } from '@volact/files/file-error'

const markLimit = 64

/**
 * Up to which entry every request has been verified (rule 15). Not durable, and not believed to be right: one that is too low, or cannot be
 * read, has some verified twice.
 */
export class VerifiedMark {
  readonly #path: string
  #written: number

  constructor(path: string) {
    this.#path = path
    this.#written = readMark(path)
  }

  /** The index of the first entry whose request may not have been verified, in a ledger of this size: a mark beyond it is another's. */
  within(size: number): number {
    return this.#written > size ? 0 : this.#written
  }

  /** Writes the mark if it has moved. What the disk says is thrown, and does no harm. */
  write(value: number): void {
    if (value === this.#written) return
    try {
      writeFileSync(this.#path, `${value}\n`, { mode: 0o600 })
      this.#written = value
    } catch (error) {
      throw fileError(error, 'write', this.#path)
    }
  }
}

function readMark(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? Infinity) > markLimit) return 0
  const text = decodeUtf8(readLimited(path, markLimit, 'the mark of what is verified')) ?? ''
  return /^\d{1,15}\n$/.test(text) ? Number(text) : 0
}
