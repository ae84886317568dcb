import { headLength } from './write.ts'

/**
 * A position in bytes of which one shape is expected, in its one encoding, for what arrives too often to be decoded into values. Whatever
 * does not fit makes the scan fail for good: it says so at the end (`isAtEnd`), so that no step needs a question, and it never reads beyond
 * the bytes. What the steps of a failed scan have given means nothing.
 */
export class ByteScan {
  readonly #bytes: Uint8Array
  #at = 0
  #limit: number
  #end = 0
  #failed = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#limit = bytes.length
  }

  /** The offset of the next byte. */
  get at(): number {
    return this.#at
  }

  /** Where the byte string or text ends that was found last. */
  get end(): number {
    return this.#end
  }

  /** Whether all of it has fitted, to the last byte. */
  get isAtEnd(): boolean {
    return !this.#failed && this.#at === this.#limit
  }

  /** Scans on as if the bytes ended at an offset: that of the end of a byte string inside of which the scan is, or behind which. */
  limitTo(end: number): void {
    this.#limit = Math.min(end, this.#bytes.length)
  }

  /** Fails unless this holds. */
  require(condition: boolean): void {
    if (!condition) this.#failed = true
  }

  /** Whether this byte comes next. */
  isNext(byte: number): boolean {
    return this.#at < this.#limit && this.#bytes[this.#at] === byte
  }

  /** Passes this byte: a key, or a head that has one byte. */
  byte(expected: number): void {
    if (!this.isNext(expected)) this.#failed = true
    this.#at += 1
  }

  /** Passes these bytes. */
  literal(expected: Uint8Array): void {
    const start = this.#at
    for (let index = 0; index < expected.length; index += 1) {
      if (this.#bytes[start + index] !== expected[index]) this.#failed = true
    }
    this.#pass(expected.length)
  }

  /** Passes a number of bytes, whatever they are. */
  skip(length: number): void {
    this.#pass(length)
  }

  /** Passes the head of a map of fewer than 24 fields, and gives their number. */
  mapHead(): number {
    return this.#shortHead(5)
  }

  /** Passes the head of an array of fewer than 24 values, and gives their number. */
  arrayHead(): number {
    return this.#shortHead(4)
  }

  /** Passes the head of a byte string, and gives the offset of its bytes; `end` is that of their end. */
  string(): number {
    this.#end = this.#argument(2) + this.#at
    this.require(this.#end <= this.#limit)
    return this.#at
  }

  /** Passes a byte string, and gives the offset of its bytes; `end` is that of their end. */
  bytes(): number {
    const start = this.string()
    return this.#pass(this.#end - start)
  }

  /** Passes a byte string of a length, and gives the offset of its bytes. */
  fixed(length: number): number {
    const start = this.string()
    this.require(this.#end - start === length)
    return this.#pass(length)
  }

  /** Passes a text of ASCII, of at most `most` characters, and gives the offset of its bytes; `end` is that of their end. */
  ascii(most: number): number {
    const length = this.#argument(3)
    this.require(length <= most)
    const start = this.#pass(Math.min(length, most))
    this.#end = this.#at
    for (let index = start; index < this.#end; index += 1) this.require(Number(this.#bytes[index]) < 0x80)
    return start
  }

  /** Passes a number from 0. */
  uint(): number {
    return this.#argument(0)
  }

  #shortHead(major: number): number {
    const initial = this.#initial()
    this.require(initial >> 5 === major && (initial & 31) < 24)
    return initial & 31
  }

  #argument(major: number): number {
    const initial = this.#initial()
    const information = initial & 31
    this.require(initial >> 5 === major && information < 28)
    if (information < 24) return information
    const width = 1 << (information & 3)
    const from = this.#pass(width)
    let value = 0
    for (let index = 0; index < width; index += 1) value = value * 0x100 + Number(this.#bytes[from + index])
    this.require(headLength(value) === 1 + width && Number.isSafeInteger(value))
    return this.#failed ? 0 : value
  }

  /** The next byte; of nothing, when there is none. */
  #initial(): number {
    return Number(this.#bytes[this.#pass(1)])
  }

  /** Passes a number of bytes, and gives the offset of the first. */
  #pass(length: number): number {
    const start = this.#at
    this.#at += length
    this.require(this.#at <= this.#limit)
    return start
  }
}
