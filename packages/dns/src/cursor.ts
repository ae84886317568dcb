import { ActivationError } from '@volact/core/errors/activation-error'
import { labelText, longestLabel, longestName } from './name.ts'

/** The most pointers that a compressed name may follow. Each leads backward, but thousands would still cost their time. */
const mostJumps = 32

/** The most bytes of all names of a message: compressed, 64 KiB could hold a thousand times 255, and hold up who reads them for a second. */
const mostNameBytes = 16_384

/** Reads a DNS message from front to back and never beyond its end; whatever does not fit is `MALFORMED`. */
export class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  at: number
  #nameBytes = 0

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
  }

  get isAtEnd(): boolean {
    return this.at === this.#bytes.length
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2))
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4))
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** Reads a name, which may be compressed: a pointer must lead further to the front than all before it (RFC 1035 §4.1.4). */
  name(): string {
    const labels: string[] = []
    let cursor: Cursor | undefined
    let front = this.at
    for (let length = 1, jumps = 0; ;) {
      const from = cursor ?? this
      const byte = from.u8()
      if (byte === 0) return labels.join('.')
      if (byte <= longestLabel) {
        length += 1 + byte
        this.#nameBytes += 1 + byte
        if (length > longestName || this.#nameBytes > mostNameBytes) throw malformed('a name is too long')
        labels.push(labelText(from.take(byte)))
        continue
      }
      const target = ((byte & 0x3f) << 8) | from.u8()
      if (byte < 0xc0 || target >= front || ++jumps > mostJumps) throw malformed('a name is wrongly compressed')
      front = target
      cursor = new Cursor(this.#bytes, target)
    }
  }

  #advance(length: number): number {
    const start = this.at
    if (length > this.#bytes.length - start) throw malformed('it ends too early')
    this.at += length
    return start
  }
}

/** Says what is wrong with a DNS message. */
export function malformed(what: string): ActivationError {
  return new ActivationError('MALFORMED', `no valid DNS message: ${what}`)
}

/** Gives what was read when nothing stands behind it. */
export function requireEnd<T>(cursor: Cursor, value: T): T {
  if (cursor.isAtEnd) return value
  throw malformed('the data of a record is too long')
}
