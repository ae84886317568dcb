import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatePrivateKey, signerFromPkcs8 } from '../crypto.ts'
import { attemptOrNothing } from '../errors/attempt.ts'
import { encodeCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { recogniseCheckpoint } from './recognise-checkpoint.ts'
import { signTreeHead } from './tree-head.ts'

const signer = signerFromPkcs8(generatePrivateKey('ESP256'))
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })
const heads = fc.record({
  ...{ size: fc.maxSafeNat(), time: fc.maxSafeNat(), logId: digest, x5t: digest, root: digest },
})

function parsed(bytes: Uint8Array): object | undefined {
  return attemptOrNothing(() => {
    const { kind, size, logId, root } = parseCheckpoint(bytes)
    return kind === 'host-receipt' ? { size, logId, root } : undefined
  })
}

function recognised(bytes: Uint8Array): object | undefined {
  const found = recogniseCheckpoint(bytes)
  if (found === undefined) return undefined
  const { size, logId, root } = found
  return { size, logId: bytes.slice(logId, logId + 32), root: bytes.slice(root, root + 32) }
}

describe('recognising a checkpoint (rule 26)', () => {
  it('takes every checkpoint of a host, and says what parsing it says', () => {
    fc.assert(
      fc.property(heads, (head) => {
        const bytes = encodeCheckpoint(signTreeHead(head, signer))
        expect(recognised(bytes)).toEqual({ size: head.size, logId: head.logId, root: head.root })
        expect(recogniseCheckpoint(encodeCheckpoint(signTreeHead(head, signer, 'authority-receipt')))).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })

  it('of other bytes recognises only what parses to the same', () => {
    const usual = fc.sample(heads, 5).map((head) => encodeCheckpoint(signTreeHead(head, signer)))
    for (const bytes of usual) {
      for (let at = 0; at < bytes.length; at += 1) {
        for (const changed of [0, 1, 4, 6].map((bit) => Number(bytes[at]) ^ (1 << bit))) {
          const other = Uint8Array.from(bytes)
          other[at] = changed
          const found = recognised(other)
          if (found !== undefined) expect(parsed(other)).toEqual(found)
        }
        expect(recogniseCheckpoint(bytes.subarray(0, at))).toBeUndefined()
      }
    }
  })
})
