import { randomFillSync } from 'node:crypto'
import { equal } from '@volact/core/bytes'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { encodeGrant } from '@volact/core/document/grant'
import { days, type Instant } from '@volact/core/time'
import type { Sold } from './vendor.ts'

/** A machine that only the ledger knows. */
export interface Identity {
  readonly machine: Uint8Array
  readonly anchor: Uint8Array
}

/**
 * Makes grants whose changing parts are overwritten in an encoded one, a hundred times as fast as encoding each. They are what a host
 * would have written in all lengths and fields; only digests and identifiers are random bytes.
 */
export class GrantPress {
  readonly #sold: Sold
  readonly #forms = new Map<number, Form>()
  #random = new Uint8Array(0)
  #used = 0

  constructor(sold: Sold) {
    this.#sold = sold
  }

  /** Makes the grant of a machine, or of a new one. */
  grant(index: number, time: Instant, { machine, anchor }: Identity = this.#newIdentity()): Uint8Array {
    const form = this.#formFor(index)
    const bytes = form.bytes.slice()
    const view = new DataView(bytes.buffer)
    bytes.set(machine, form.machine)
    bytes.set(hexBytes(machine), form.subject)
    bytes.set(anchor, form.anchor)
    for (const [at, length] of form.randoms) bytes.set(this.#take(length), at)
    for (const at of form.issued) view.setUint32(at, time)
    view.setUint32(form.expires, time + days(180))
    if (form.index !== undefined && index > 0xffff) view.setUint32(form.index, index)
    else if (form.index !== undefined) view.setUint16(form.index, index)
    return bytes
  }

  #newIdentity(): Identity {
    return { machine: this.#take(32), anchor: this.#take(32) }
  }

  /** Random bytes are drawn for many grants at once: a draw costs more than what it draws. */
  #take(length: number): Uint8Array {
    if (this.#used + length > this.#random.length) {
      this.#random = randomFillSync(new Uint8Array(65_536))
      this.#used = 0
    }
    this.#used += length
    return this.#random.subarray(this.#used - length, this.#used)
  }

  /** An index is written in four bytes, in two, or in less: then its form is its own. */
  #formFor(index: number): Form {
    const place = index > 0xffff ? 0x5cccdddd : index > 0xff ? 0xcddc : index
    const known = this.#forms.get(place)
    if (known !== undefined) return known
    const form = makeForm(this.#sold, place)
    this.#forms.set(place, form)
    return form
  }
}

/** Where in an encoded grant its parts are. */
interface Form {
  readonly bytes: Uint8Array
  readonly machine: number
  readonly subject: number
  readonly anchor: number
  readonly randoms: readonly (readonly [at: number, length: number])[]
  readonly issued: readonly number[]
  readonly expires: number
  /** Nothing where it stays as it is. */
  readonly index: number | undefined
}

/** Encodes a grant of marked values, and finds them in it. */
function makeForm({ logId, product }: Sold, index: number): Form {
  const mark = (letter: number, length: number): Uint8Array => new Uint8Array(length).fill(letter)
  const [issued, expires] = [0x6aaaaaaa, 0x6bbbbbbb]
  const [machine, anchor] = [mark(1, 32), mark(2, 32)]
  const random = { req: mark(3, 32), detailsDigest: mark(4, 32), cti: mark(5, 16), nonce: mark(6, 16) }
  const { threshold } = product
  const bytes = encodeGrant({
    ...{ logId, machine, anchor, ...random, index, issued, notBefore: issued, expires, features: [], state: 1 },
    ...{ product: uuidToBytes(product.activationId), count: 2 * threshold, threshold, thresholdSource: 'policy' },
    ...{ activationMinutes: 120, renewalMinutes: 10_080, flags: { weak: false, virtual: false, ephemeral: false } },
  })
  return {
    ...{ bytes, machine: theOne(bytes, machine), subject: theOne(bytes, hexBytes(machine)) },
    anchor: theOne(bytes, anchor),
    randoms: Object.values(random).map((value) => [theOne(bytes, value), value.length] as const),
    issued: placesOf(bytes, number(issued)),
    expires: theOne(bytes, number(expires)),
    index: index > 0xff ? theOne(bytes, number(index)) : undefined,
  }
}

/** The letters of a digest, as the subject of a grant has them. */
function hexBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('hex'), 'latin1')
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes.subarray(value > 0xffff ? 0 : 2)
}

function theOne(bytes: Uint8Array, part: Uint8Array): number {
  const [place, another] = placesOf(bytes, part)
  if (place === undefined || another !== undefined) throw new Error('a marked value is not in the grant exactly once')
  return place
}

function placesOf(bytes: Uint8Array, part: Uint8Array): readonly number[] {
  const last = bytes.length - part.length
  return Array.from({ length: last + 1 }, (_, at) => at).filter((at) =>
    equal(bytes.subarray(at, at + part.length), part),
  )
}
