import { decodeUtf8 } from '../bytes.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { decodeOid } from './oid.ts'
import { tags } from './tags.ts'
import { decodeTime } from './time.ts'

/** No document of ours is larger; what reads files and sockets has limits of its own. */
const maxSize = 65_536

const maxDepth = 16

/**
 * A position in DER (X.690 §10) that only moves forward and never past the end: definite, minimal lengths, tags of one
 * byte. What does not follow is `MALFORMED`. Byte strings that are returned are views of the bytes given.
 */
export class DerReader {
  readonly #bytes: Uint8Array
  readonly #what: string
  readonly #depth: number
  #offset = 0

  /** Begins at the first byte; `what` names the document in messages. */
  constructor(bytes: Uint8Array, what: string, depth = 0) {
    this.#bytes = bytes
    this.#what = what
    this.#depth = depth
    if (bytes.length > maxSize) throw this.#malformed(`larger than ${maxSize} bytes`)
    if (depth > maxDepth) throw this.#malformed('nested too deeply')
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length
  }

  /** Whether the next element has the tag. */
  nextIs(tag: number): boolean {
    return this.#bytes[this.#offset] === tag
  }

  /** Takes the next element with `read` if it has the tag. */
  optional<T>(tag: number, read: () => T): T | undefined {
    return this.nextIs(tag) ? read() : undefined
  }

  /** Takes an element with the tag and gives its content. */
  content(tag: number): Uint8Array {
    if (!this.nextIs(tag)) throw this.#malformed(`expected tag ${tag.toString(16)}`)
    this.#offset += 1
    const length = this.#length()
    if (length > this.#bytes.length - this.#offset) throw this.#malformed('the bytes end too early')
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  /** Takes an element with the tag and gives all its bytes, tag and length included. */
  whole(tag: number): Uint8Array {
    const start = this.#offset
    this.content(tag)
    return this.#bytes.subarray(start, this.#offset)
  }

  /** Takes an element with the tag and gives a reader of what is inside. */
  inside(tag: number): DerReader {
    return new DerReader(this.content(tag), this.#what, this.#depth + 1)
  }

  /** Takes a SEQUENCE. */
  sequence(): DerReader {
    return this.inside(tags.sequence)
  }

  /** Reads elements to the end. */
  all<T>(read: (reader: this) => T): readonly T[] {
    const values: T[] = []
    while (!this.atEnd) values.push(read(this))
    return values
  }

  /** Takes a BOOLEAN. */
  boolean(): boolean {
    const [value, ...rest] = this.content(tags.boolean)
    if ((value !== 0 && value !== 0xff) || rest.length > 0) throw this.#malformed('a BOOLEAN other than 00 and ff')
    return value === 0xff
  }

  /** Takes an INTEGER from 0 of any width: its bytes, most significant first, without a zero before them. */
  unsigned(): Uint8Array {
    const content = this.content(tags.integer)
    const [first = 0x80, second = 0x80] = content
    if (first > 0x7f) throw this.#malformed('an INTEGER that is empty or negative')
    if (first === 0 && second < 0x80) throw this.#malformed('an INTEGER that is not minimal')
    return first === 0 ? content.subarray(1) : content
  }

  /** Takes an INTEGER from 0 to 65 535. */
  smallUnsigned(): number {
    const bytes = this.unsigned()
    if (bytes.length > 2) throw this.#malformed('an INTEGER above 65535')
    return bytes.reduce((value, byte) => value * 256 + byte, 0)
  }

  /** Takes an OBJECT IDENTIFIER, as dotted decimals. */
  oid(): string {
    return decodeOid(this.content(tags.oid))
  }

  /** Takes an OCTET STRING. */
  octetString(): Uint8Array {
    return this.content(tags.octetString)
  }

  /** Takes a BIT STRING of whole bytes, as keys and signatures are. */
  bitString(): Uint8Array {
    const content = this.content(tags.bitString)
    if (content[0] !== 0) throw this.#malformed('a BIT STRING that is not of whole bytes')
    return content.subarray(1)
  }

  /** Takes a BIT STRING that lists named bits, without zeros at its end: whether bit 0, 1, 2 … is set. */
  namedBits(): readonly boolean[] {
    const [unused = 8, ...bytes] = this.content(tags.bitString)
    const bits = bytes.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((shift) => ((byte >> shift) & 1) === 1))
    const length = bits.lastIndexOf(true) + 1
    if (unused !== bits.length - length || unused > 7) throw this.#malformed('a BIT STRING that is not minimal')
    return bits.slice(0, length)
  }

  /** Takes a UTF8String, PrintableString or IA5String. */
  text(): string {
    const tag = [tags.utf8String, tags.printableString, tags.ia5String].find((candidate) => this.nextIs(candidate))
    if (tag === undefined) throw this.#malformed('expected a UTF8String, PrintableString or IA5String')
    const text = decodeUtf8(this.content(tag))
    if (text === undefined || !alphabets[tag].test(text)) throw this.#malformed('a string with foreign characters')
    return text
  }

  /** Takes a UTCTime or GeneralizedTime in the one form that RFC 5280 §4.1.2.5 leaves for each instant. */
  time(): Instant {
    const tag = this.nextIs(tags.utcTime) ? tags.utcTime : tags.generalizedTime
    const instant = decodeTime(tag, this.content(tag))
    if (instant === undefined) throw this.#malformed('a time in another form than RFC 5280 has')
    return instant
  }

  /** Refuses whatever was not read. */
  end(): void {
    if (!this.atEnd) throw this.#malformed('bytes after the end')
  }

  #length(): number {
    const [first = 0x80, ...rest] = this.#bytes.subarray(this.#offset, this.#offset + 4)
    const width = first < 0x80 ? 0 : first & 0x7f
    const length = width === 0 ? first : rest.slice(0, width).reduce((value, byte) => value * 256 + byte, 0)
    if (first === 0x80 || width > rest.length || (width > 0 && length < minimalAbove(width))) {
      throw this.#malformed('a length that is indefinite, not minimal or too long')
    }
    this.#offset += 1 + width
    return length
  }

  #malformed(problem: string): ActivationError {
    return new ActivationError('MALFORMED', `${this.#what} is not DER as it should be: ${problem}`)
  }
}

/** The least length that needs so many further bytes. */
function minimalAbove(width: number): number {
  return width === 1 ? 0x80 : 256 ** (width - 1)
}

const alphabets = {
  [tags.utf8String]: /^\P{Cc}*$/u,
  [tags.printableString]: /^[A-Za-z0-9 '()+,\-./:=?]*$/,
  [tags.ia5String]: /^[\x20-\x7e]*$/,
} as const
