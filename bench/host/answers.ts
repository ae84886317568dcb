import { readFileSync } from 'node:fs'
import { parseGrant } from '@volact/core/document/grant'
import { checkpointFromReceipt, parseReceipt } from '@volact/core/document/receipt'
import { openRequest } from '@volact/core/document/request'
import { verifyAnswer } from '@volact/core/document/verify-answer'
import { leafHash } from '@volact/core/transparency/node-hash'
import { rootFromInclusion } from '@volact/core/transparency/proof'
import { decodeMessage, type Message } from '@volact/core/wire/message'
import type { Held } from './machine.ts'
import type { Sold } from './vendor.ts'

const numberLength = 4
const headerLength = 4

/** Splits frames that stand one behind the other; the frames are views. */
export function splitFrames(bytes: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += frames.at(-1)?.length ?? 0) frames.push(frameAt(bytes, at))
  return frames
}

/** Reads the answers that the load generator has saved, as frames by the number of their request. */
export function readAnswers(path: string): ReadonlyMap<number, Uint8Array> {
  const bytes = new Uint8Array(readFileSync(path))
  const answers = new Map<number, Uint8Array>()
  for (let at = 0; at < bytes.length;) {
    const frame = frameAt(bytes, at + numberLength)
    answers.set(uint32(bytes, at), frame)
    at += numberLength + frame.length
  }
  return answers
}

/** Reads the message in a frame. */
export function messageOf(frame: Uint8Array): Message {
  return decodeMessage(frame.slice(headerLength))
}

/** Takes out of a grant what its machine goes on with. The signature of the tree head is not verified here. */
export function heldOf(answer: Message): Held {
  if (answer.kind !== 'grant') throw new Error(`no grant but ${JSON.stringify(answer)}`)
  const receipt = parseReceipt(answer.receipt)
  const root = rootFromInclusion({ ...receipt.inclusion, size: receipt.size, leaf: leafHash(answer.entry) })
  if (root === undefined) throw new Error('the inclusion proof is none')
  const { cti, expires } = parseGrant(answer.entry)
  return { cti, expires, checkpoint: checkpointFromReceipt(receipt, root) }
}

/** Verifies an answer to a request as a client does (protocol.md §10); throws what is wrong with it. */
export function verifyExchange(request: Uint8Array, answer: Uint8Array, sold: Sold): void {
  const [asked, given] = [messageOf(request), messageOf(answer)]
  if (asked.kind !== 'activate') throw new Error(`no request but ${asked.kind}`)
  if (given.kind !== 'grant') throw new Error(`no grant but ${JSON.stringify(given)}`)
  const { request: fields, machine, digest } = openRequest(asked.request)
  const { entry, receipt, chain = sold.chain } = given
  const { nonce, anchor, checkpoint } = fields
  verifyAnswer(
    { entry, receipt, chain },
    {
      roots: [sold.root],
      request: { digest, nonce, machine, anchor },
      product: sold.product,
      ...(checkpoint && { checkpoint }),
    },
  )
}

function frameAt(bytes: Uint8Array, at: number): Uint8Array {
  const frame = bytes.subarray(at, at + headerLength + uint32(bytes, at))
  if (frame.length <= headerLength) throw new Error(`the frame at ${String(at)} is cut off`)
  return frame
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at)
}
