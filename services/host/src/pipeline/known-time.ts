import { existsSync, writeFileSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { hours, type Instant } from '@volact/core/time'
import { fileError } from '@volact/files/file-error'
import { readLimited } from '@volact/files/read-limited'

const fileLimit = 64

/**
 * The last time that was believed, beside a ledger in which nothing may have been written for months (rule 43). Not durable: an older one
 * has an administrator asked about the clock once more than need be.
 */
export class KnownTime {
  readonly #path: string
  #written: Instant

  constructor(path: string) {
    this.#path = path
    this.#written = readTime(path)
  }

  get value(): Instant {
    return this.#written
  }

  /** Writes the time, at most once an hour. What the disk says is thrown, and does no harm. */
  keep(time: Instant): void {
    if (time < this.#written + hours(1)) return
    try {
      writeFileSync(this.#path, `${time}\n`, { mode: 0o600 })
      this.#written = time
    } catch (error) {
      throw fileError(error, 'write', this.#path)
    }
  }
}

function readTime(path: string): Instant {
  if (!existsSync(path)) return 0
  const text = decodeUtf8(readLimited(path, fileLimit, 'the last known time')) ?? ''
  return /^\d{1,12}\n$/.test(text) ? Number(text) : 0
}
