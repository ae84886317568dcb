import { concat } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { headLength, writeBytes, writeHead } from '../cbor/write.ts'
import type { HashPath } from '../document/hash-path.ts'
import { consistencyProofs, inclusionProofs, proofsHeader } from '../document/receipt.ts'
import type { SignedTreeHead } from '../document/tree-head.ts'
import { sign1Tag } from '../cose/sign1.ts'
import { frameHeaderLength } from './frame.ts'
import { messageKinds, messageVersion } from './message.ts'

/** An entry that was granted, and the proofs that it stands in the tree which the writer's head is of. */
export interface ProvenGrant {
  readonly entry: Uint8Array
  readonly index: number
  readonly inclusion: HashPath
  /** Size of the earlier tree, 0 where no consistency is to be shown. */
  readonly from: number
  readonly consistency: HashPath
  /** Whether the client does not have the chain yet. */
  readonly withChain: boolean
}

/**
 * Writes answers that grant under one signed tree head, as frames, straight into a buffer. Byte for byte what `encodeFrame`, `encodeMessage`
 * and `encodeReceipt` make of the same; those make several arrays of every hash.
 */
export class GrantAnswerWriter {
  readonly #size: number
  readonly #receiptBegin: Uint8Array
  readonly #receiptEnd: Uint8Array
  readonly #chain: Uint8Array

  /** `chain` is DER, leaf first, without the root. */
  constructor({ head, protectedBytes, signature }: SignedTreeHead, chain: readonly Uint8Array[]) {
    this.#size = head.size
    const tag = encodeCbor({ tag: sign1Tag, value: 0 }).slice(0, -1)
    this.#receiptBegin = concat(
      tag,
      Uint8Array.of(0x84),
      encodeCbor(protectedBytes),
      Uint8Array.of(0xa1),
      encodeCbor(proofsHeader),
    )
    this.#receiptEnd = concat(encodeCbor(null), encodeCbor(signature))
    this.#chain = concat(Uint8Array.of(4), encodeCbor(chain))
  }

  /** How many bytes the frame of a grant has. */
  frameLength(grant: ProvenGrant): number {
    const receipt = this.#receiptLength(grant)
    const entry = grant.entry.length
    const chain = grant.withChain ? this.#chain.length : 0
    return (
      frameHeaderLength + messageBegin.length + 2 + headLength(entry) + entry + headLength(receipt) + receipt + chain
    )
  }

  /** Writes the frame of a grant into a buffer that has room for it, and gives the place behind it. */
  write(target: Uint8Array, start: number, grant: ProvenGrant): number {
    const { entry, withChain } = grant
    let at = start + frameHeaderLength
    target.set(messageBegin, at)
    if (withChain) target[at] = messageMap + 1
    at += messageBegin.length
    target[at] = 2
    at = writeBytes(target, at + 1, entry)
    target[at] = 3
    at = writeHead(target, at + 1, 2, this.#receiptLength(grant))
    at = this.#writeReceipt(target, at, grant)
    if (withChain) {
      target.set(this.#chain, at)
      at += this.#chain.length
    }
    const length = at - start - frameHeaderLength
    for (let place = 0; place < frameHeaderLength; place += 1) {
      target[start + place] = length >>> (8 * (frameHeaderLength - 1 - place))
    }
    return at
  }

  #receiptLength(grant: ProvenGrant): number {
    const inclusion = proofLength(this.#size, grant.index, grant.inclusion)
    const both = grant.from === 0 ? 0 : wrappedLength(proofLength(grant.from, this.#size, grant.consistency))
    return this.#receiptBegin.length + 1 + wrappedLength(inclusion) + both + this.#receiptEnd.length
  }

  #writeReceipt(target: Uint8Array, start: number, { index, inclusion, from, consistency }: ProvenGrant): number {
    target.set(this.#receiptBegin, start)
    let at = start + this.#receiptBegin.length
    target[at] = from === 0 ? 0xa1 : 0xa2
    at = writeProof(target, at + 1, inclusionProofs, this.#size, index, inclusion)
    if (from !== 0) at = writeProof(target, at, consistencyProofs, from, this.#size, consistency)
    target.set(this.#receiptEnd, at)
    return at + this.#receiptEnd.length
  }
}

/** A map of four fields, of which the first two are version and kind. */
const messageMap = 0xa4
const messageBegin = Uint8Array.of(messageMap, 0, messageVersion, 1, messageKinds.grant)

/** The array of two numbers and a path. */
function proofLength(first: number, second: number, path: HashPath): number {
  return 1 + headLength(first) + headLength(second) + headLength(path.count) + path.length
}

/** RFC 9942 wraps a proof in a byte string and an array, behind its key. */
function wrappedLength(proof: number): number {
  return 2 + headLength(proof) + proof
}

function writeProof(
  target: Uint8Array,
  start: number,
  key: number,
  first: number,
  second: number,
  path: HashPath,
): number {
  let at = writeHead(target, start, 1, -1 - key)
  target[at] = 0x81
  at = writeHead(target, at + 1, 2, proofLength(first, second, path))
  target[at] = 0x83
  at = writeHead(target, at + 1, 0, first)
  at = writeHead(target, at, 0, second)
  at = writeHead(target, at, 4, path.count)
  target.set(path.bytes.subarray(0, path.length), at)
  return at + path.length
}
