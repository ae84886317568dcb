import { expect, it } from 'vitest'
import { LogState } from '../state/log-state.ts'
import { makeVendor, newSigner } from '../vendor.fixture.ts'
import { verificationLimits } from '../verification/limits.ts'
import { LoopVerifier } from '../verification/loop-verifier.ts'
import { Verification } from '../verification/verification.ts'
import { type OwedRequest, OwedSignatures } from './owed-signatures.ts'

const mebibyte = 1_048_576

it('memory that few requests hold is counted as it is taken: who renews often keeps no page for each of the others (rule 40)', async () => {
  const verification = new Verification(new LoopVerifier(), { ...verificationLimits, owedBytes: 4 * mebibyte })
  const state = new LogState(makeVendor().catalog, () => undefined, new Uint8Array(16))
  const none = (): never => {
    throw new Error('nothing is to be said')
  }
  const owed = new OwedSignatures({ state, verification, add: none, note: none })
  // Never idle: each license has its own verified when it comes again, and the others wait.
  verification.batchBegun()
  verification.start()
  const signer = newSigner()
  const data = new Uint8Array(8)
  const signed = { key: signer.publicKey, data, signature: signer.sign(data) }
  const read = (): OwedRequest => ({ signed, machine: new Uint8Array(32), product: new Uint8Array(16), req: data })
  const bytes = new Uint8Array(4_000)
  let index = 0
  while (!owed.isFull && index < 2_000) {
    owed.add({ index, cti: new Uint8Array(16), bytes, read })
    const often = index % 64 !== 0
    if (often) {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      owed.settle(index, {
        settled: () => {
          resolve(undefined)
        },
        failed: none,
      })
      await promise
    }
    index += 1
  }
  expect(owed.count).toBeLessThan(20)
  expect(index).toBeLessThan(1_200)
  verification.batchDone()
  while (owed.count > 0) await new Promise((later) => setTimeout(later, 1))
  expect(owed.isFull).toBe(false)
  await verification.close()
})
