import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatePrivateKey, signerFromPkcs8 } from '../crypto.ts'
import { HashPath } from '../document/hash-path.ts'
import { encodeReceipt } from '../document/receipt.ts'
import { signTreeHead } from '../document/tree-head.ts'
import { encodeFrame } from './frame.ts'
import { GrantAnswerWriter } from './grant-answer-writer.ts'
import { encodeMessage } from './message.ts'

const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const digest = new Uint8Array(32).fill(1)

function pathOf(hashes: readonly Uint8Array[]): HashPath {
  const path = new HashPath()
  path.take(digest, 0) // What it held before is no part of it.
  path.clear()
  for (const each of hashes) path.take(Uint8Array.of(9, ...each), 1)
  return path
}

describe('an answer written straight into a buffer', () => {
  it('has byte for byte what the frame, the message and the receipt are as values', () => {
    const size = fc.oneof(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER }))
    const facts = fc.record({
      ...{ size, index: fc.maxSafeNat(), from: fc.oneof(fc.constant(0), fc.maxSafeNat()), withChain: fc.boolean() },
      ...{ entry: fc.uint8Array({ maxLength: 700 }), path: fc.array(hash, { maxLength: 60 }) },
      ...{ grown: fc.array(hash, { maxLength: 60 }), at: fc.nat(5) },
      chain: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 3 }),
    })
    fc.assert(
      fc.property(facts, ({ size, index, from, withChain, entry, path, grown, at, chain }) => {
        const head = { size, time: 1_800_000_000, logId: digest, x5t: digest, root: digest }
        const signed = signTreeHead(head, signer)
        const consistency = from === 0 ? undefined : { from, path: grown }
        const receipt = encodeReceipt(signed, { index, path }, consistency)
        const expected = encodeFrame(encodeMessage({ kind: 'grant', entry, receipt, ...(withChain && { chain }) }))
        const writer = new GrantAnswerWriter(signed, chain)
        const grant = { entry, index, inclusion: pathOf(path), from, consistency: pathOf(grown), withChain }
        const target = new Uint8Array(at + writer.frameLength(grant))
        expect(writer.write(target, at, grant)).toBe(target.length)
        expect(target.subarray(at)).toEqual(expected)
      }),
    )
  })
})
