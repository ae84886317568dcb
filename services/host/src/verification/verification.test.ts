import type { SignedData } from '@volact/core/cose/sign1'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newSigner } from '../vendor.fixture.ts'
import { type Check, Verification } from './verification.ts'
import { idleAfter, owedParcelLimit, parcelLimit, politeParcelLimit, verificationLimits } from './limits.ts'
import { LoopVerifier } from './loop-verifier.ts'
import type { Verifier } from './verifier.ts'
import { VerifyPool } from './verify-pool.ts'

const signer = newSigner()
const data = new Uint8Array(9)
const good: SignedData = { key: signer.publicKey, data, signature: signer.sign(data) }
const bad: SignedData = { ...good, signature: new Uint8Array(64) }

const verifiers: readonly (readonly [string, () => Verifier])[] = [
  ['threads', () => new VerifyPool(1)],
  ['the event loop', () => new LoopVerifier()],
]

function opened(verifier: Verifier, limits = verificationLimits): Verification {
  const verification = new Verification(verifier, limits)
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

describe.each(verifiers)('with %s', (_, make) => {
  it('known machines come first, and then what is owed and strangers by turns, so that neither starves (rules 20, 40)', async () => {
    const [verification, told] = [opened(make()), new Told()]
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
    const [verification, told] = [opened(make(), { ...verificationLimits, known: 3, strangers: 2 }), new Told()]
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
    const [verification, told] = [opened(make()), new Told()]
    const off = { ...good, key: { ...signer.publicKey, bytes: new Uint8Array(65).fill(4) } }
    verification.start()
    for (const [at, signed] of [good, bad, off, good].entries()) verification.add('known', told.check(`${at}`, signed))
    await told.until(4)
    expect(told.order.toSorted()).toEqual(['0', '1: bad', '2: bad', '3'])
  })

  it('nothing is begun after the end, so that no thread keeps the process', async () => {
    const [verification, told] = [opened(make()), new Told()]
    verification.start()
    await verification.close()
    verification.add('known', told.check('known'))
    await new Promise((later) => setImmediate(later))
    await verification.close()
    expect(told.order).toEqual([])
  })
})

describe('where the event loop verifies by itself', () => {
  it('what is owed waits for the batch that is under way, and for requests that still come (rule 15)', async () => {
    const [verification, told] = [opened(new LoopVerifier()), new Told()]
    let owed = 20
    verification.addSource({ next: () => (owed-- > 0 ? told.check('owed') : undefined) })
    verification.batchBegun()
    verification.start()
    for (let round = 0; round < 20; round += 1) await new Promise((later) => setTimeout(later, 1))
    verification.batchDone()
    verification.hear()
    expect(told.order).toEqual([])
    await told.until(20)
  })

  it('a turn verifies one parcel, so that requests are heard in between', async () => {
    const [verification, told] = [opened(new LoopVerifier()), new Told()]
    verification.start()
    for (let more = 0; more < 80; more += 1) verification.add(more % 2 === 0 ? 'known' : 'stranger', told.check('one'))
    for (let done = 0; done < 80;) {
      await new Promise((turned) => setImmediate(turned))
      expect(told.order.length - done).toBeLessThanOrEqual(parcelLimit)
      done = told.order.length
    }
  })

  it('a turn verifies but few that are owed, since nobody waits for them, and none once somebody comes (rule 15)', async () => {
    const [verification, told] = [opened(new LoopVerifier()), new Told()]
    let owed = 100
    verification.addSource({ next: () => (owed-- > 0 ? told.check('owed') : undefined) })
    verification.start()
    for (let done = 0; done < 40;) {
      await new Promise((turned) => setImmediate(turned))
      expect(told.order.length - done).toBeLessThanOrEqual(owedParcelLimit)
      done = told.order.length
    }
    const heard = performance.now()
    verification.hear()
    const underWay = told.order.length + owedParcelLimit
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise((turned) => setImmediate(turned))
      const verified = told.order.length
      if (performance.now() - heard < idleAfter) expect(verified).toBeLessThanOrEqual(underWay)
    }
    await told.until(100)
  })

  it('a turn verifies one stranger while known machines renew that wait for no signature (rule 20)', async () => {
    const [verification, told] = [opened(new LoopVerifier()), new Told()]
    verification.start()
    verification.hear()
    verification.hearRenewal()
    for (let more = 0; more < 20; more += 1) verification.add('stranger', told.check('one'))
    for (let done = 0; done < 20;) {
      await new Promise((turned) => setImmediate(turned))
      expect(told.order.length - done).toBeLessThanOrEqual(politeParcelLimit)
      done = told.order.length
    }
  })

  it('who comes in the turns behind the first one is let in before anything is verified, but not for ever', async () => {
    const [verification, told] = [opened(new LoopVerifier()), new Told()]
    verification.start()
    // One alone before them changes nothing.
    verification.add('known', told.check('one'))
    await told.until(1)
    for (let more = 0; more < 5; more += 1) {
      expect([told.order.length, verification.figures().known]).toEqual([1, more])
      verification.add('known', told.check('one'))
      await new Promise((turned) => setImmediate(turned))
    }
    await told.until(6)
    while (told.order.length === 6) {
      verification.add('known', told.check('one'))
      await new Promise((turned) => setImmediate(turned))
    }
  })

  it('it says that it keeps the loop while requests wait for it, and no longer', async () => {
    const [verification, told] = [opened(new LoopVerifier()), new Told()]
    verification.start()
    expect(verification.isKeepingLoop).toBe(false)
    for (let more = 0; more < 40; more += 1) verification.add('stranger', told.check('one'))
    while (told.order.length < 40) {
      expect(verification.isKeepingLoop).toBe(true)
      await new Promise((turned) => setImmediate(turned))
    }
    expect(verification.isKeepingLoop).toBe(false)
  })

  it('nobody is told of a parcel behind the end', async () => {
    const [verification, told] = [opened(new LoopVerifier()), new Told()]
    verification.start()
    verification.add('known', told.check('known'))
    await new Promise((turned) => setImmediate(turned))
    await verification.close()
    for (let turn = 0; turn < 5; turn += 1) await new Promise((turned) => setImmediate(turned))
    expect(told.order).toEqual([])
  })
})
