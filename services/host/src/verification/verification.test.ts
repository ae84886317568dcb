import type { SignedData } from '@volact/core/cose/sign1'
import { expect, it, onTestFinished } from 'vitest'
import { newSigner } from '../vendor.fixture.ts'
import { type Check, Verification } from './verification.ts'
import { verificationLimits } from './limits.ts'
import { VerifyPool } from './verify-pool.ts'

const signer = newSigner()
const data = new Uint8Array(9)
const good: SignedData = { key: signer.publicKey, data, signature: signer.sign(data) }
const bad: SignedData = { ...good, signature: new Uint8Array(64) }

function opened(limits = verificationLimits): Verification {
  const verification = new Verification(new VerifyPool(1), limits)
  onTestFinished(() => verification.close())
  return verification
}

/** Checks that say in which order they were done, and what was found. */
class Told {
  readonly order: string[] = []
  #wake: () => void = () => undefined

  check(name: string, signed: SignedData = good): Check {
    const done = (holds: boolean): void => {
      this.order.push(holds ? name : `${name}: bad`)
      this.#wake()
    }
    return { signed, done }
  }

  async until(count: number): Promise<string> {
    while (this.order.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.order.join(' ')
  }
}

it('known machines come first, and then what is owed and strangers by turns, so that neither starves (rules 20, 40)', async () => {
  const [verification, told] = [opened(), new Told()]
  let owed = 9
  verification.addSource({
    next: () => {
      owed -= 1
      return owed < 0 ? undefined : told.check('owed')
    },
  })
  for (let more = 0; more < 5; more += 1) verification.add('stranger', told.check('stranger'))
  for (let more = 0; more < 2; more += 1) verification.add('known', told.check('known'))
  verification.start()
  const turns = 'owed owed owed stranger'
  expect(await told.until(16)).toBe(`known known ${turns} ${turns} ${turns} stranger stranger`)
})

it('each line is bounded, and who does not fit in is told at once (rule 40)', async () => {
  const [verification, told] = [opened({ ...verificationLimits, known: 3, strangers: 2 }), new Told()]
  const taken = (lane: 'known' | 'stranger'): boolean[] =>
    Array.from({ length: 4 }, () => verification.add(lane, told.check(lane)))
  expect([taken('known'), taken('stranger')]).toEqual([
    [true, true, true, false],
    [true, true, false, false],
  ])
  expect(verification.figures()).toMatchObject({ known: 3, strangers: 2 })
  verification.start()
  await told.until(5)
  expect(verification.add('stranger', told.check('stranger'))).toBe(true)
})

it('each is told of its own signature, also of one by a key that is no point of the curve (rule 12)', async () => {
  const [verification, told] = [opened(), new Told()]
  const off = { ...good, key: { ...signer.publicKey, bytes: new Uint8Array(65).fill(4) } }
  verification.start()
  for (const [at, signed] of [good, bad, off, good].entries()) verification.add('known', told.check(`${at}`, signed))
  await told.until(4)
  expect(told.order.toSorted()).toEqual(['0', '1: bad', '2: bad', '3'])
})

it('nothing is begun after the end, so that no thread keeps the process', async () => {
  const [verification, told] = [opened(), new Told()]
  verification.start()
  await verification.close()
  verification.add('known', told.check('known'))
  await new Promise((later) => setImmediate(later))
  await verification.close()
  expect(told.order).toEqual([])
})
