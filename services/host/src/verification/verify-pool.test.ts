import { setImmediate as turn } from 'node:timers/promises'
import type { SignedData } from '@volact/core/cose/sign1'
import { expect, it, onTestFinished } from 'vitest'
import { newSigner } from '../vendor.fixture.ts'
import { VerifyPool } from './verify-pool.ts'

const signer = newSigner()
const data = new Uint8Array(9)
const good: SignedData = { key: signer.publicKey, data, signature: signer.sign(data) }
const bad: SignedData = { ...good, signature: new Uint8Array(64) }

function opened(cores: number, rest?: number): VerifyPool {
  const pool = new VerifyPool(cores, rest)
  onTestFinished(() => pool.close())
  return pool
}

function verdicts(pool: VerifyPool): Promise<number[]> {
  return new Promise((resolve) => {
    pool.verify([good, bad, good], (found) => {
      resolve([...found])
    })
  })
}

it('has no thread before the first signature, which does not wait for one', async () => {
  const pool = opened(3)
  pool.warm()
  expect(pool.threads).toBe(0)
  expect(await verdicts(pool)).toEqual([1, 0, 1])
  expect(pool).toMatchObject({ threads: 1, busy: 0 })
})

it('verifies in the loop and in a thread alike, and each parcel once', async () => {
  const pool = opened(1)
  for (let round = 0; round < 200; round += 1) {
    expect(await Promise.all([verdicts(pool), verdicts(pool)])).toEqual([
      [1, 0, 1],
      [1, 0, 1],
    ])
    expect(pool.busy).toBe(0)
  }
})

it('gives its threads back when nothing is to be verified, and begins again', async () => {
  const pool = opened(2, 1)
  for (let round = 0; round < 3; round += 1) {
    expect(await verdicts(pool)).toEqual([1, 0, 1])
    expect(pool.threads).toBe(1)
    while (pool.threads > 0) await turn()
  }
})
