import { HashPath } from '@volact/core/document/hash-path'
import type { SignedTreeHead } from '@volact/core/document/tree-head'
import { GrantAnswerWriter, type ProvenGrant } from '@volact/core/wire/grant-answer-writer'
import type { Ledger } from '@volact/ledger/ledger'

/** Room for the answers of a whole batch, usually. */
const pageLength = 131_072

/** A grant to answer: its entry, and what the client has already. */
export interface GrantToProve {
  readonly entry: Uint8Array
  readonly index: number
  /** Size of the client's checkpoint, 0 for none. */
  readonly from: number
  readonly withChain: boolean
}

/** Makes the frames of answers that grant, under the newest signed head, one after the other in large pages of memory. */
export class AnswerPress {
  readonly #ledger: Ledger
  readonly #chain: readonly Uint8Array[]
  readonly #inclusion = new HashPath()
  readonly #consistency = new HashPath()
  /** Between which sizes the consistency path is. */
  #grown = { from: 0, size: 0 }
  #signed: SignedTreeHead | undefined
  #writer: GrantAnswerWriter | undefined
  #page: Uint8Array = new Uint8Array(0)
  #at = 0

  /** `chain` is DER, leaf first, without the root. */
  constructor(ledger: Ledger, chain: readonly Uint8Array[]) {
    this.#ledger = ledger
    this.#chain = chain
  }

  /** Answers under this head from now on. */
  use(signed: SignedTreeHead): void {
    this.#signed = signed
    this.#writer = undefined
  }

  /** Gives the frame of an answer. It is not changed any more. */
  frame({ entry, index, from, withChain }: GrantToProve): Uint8Array {
    if (this.#signed === undefined) throw new Error('nothing is served before the first head is signed')
    const { size } = this.#signed.head
    this.#writer ??= new GrantAnswerWriter(this.#signed, this.#chain)
    this.#inclusion.clear()
    this.#ledger.takeInclusion(index, size, this.#inclusion.take)
    const isGrown = from > 0 && from < size
    if (isGrown) this.#proveGrowth(from, size)
    const [inclusion, consistency] = [this.#inclusion, this.#consistency]
    return this.#print(this.#writer, { entry, index, inclusion, from: isGrown ? from : 0, consistency, withChain })
  }

  /** Machines that were granted together come again together, from the same size. */
  #proveGrowth(from: number, size: number): void {
    if (this.#grown.from === from && this.#grown.size === size) return
    this.#consistency.clear()
    this.#grown = { from: 0, size: 0 } // Until all of it is there: reading may fail.
    this.#ledger.takeConsistency(from, size, this.#consistency.take)
    this.#grown = { from, size }
  }

  #print(writer: GrantAnswerWriter, grant: ProvenGrant): Uint8Array {
    const length = writer.frameLength(grant)
    if (this.#at + length > this.#page.length) this.#turnPage(length)
    const end = writer.write(this.#page, this.#at, grant)
    const frame = this.#page.subarray(this.#at, end)
    this.#at = end
    return frame
  }

  /** A page is given up, and not used again, when it is full: sockets may still be sending from it. */
  #turnPage(length: number): void {
    // Not filled with zeros: only what was written is ever sent.
    this.#page = Buffer.allocUnsafeSlow(Math.max(pageLength, length))
    this.#at = 0
  }
}
