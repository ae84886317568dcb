import type { SignedData } from '@volact/core/cose/sign1'
import { verify } from '@volact/core/crypto'
import { days } from '@volact/core/time'
import { describe, expect, it } from 'vitest'
import { TestMachine } from './machine.fixture.ts'
import { openScene, type ServiceScene } from './service-scene.fixture.ts'
import { makeVendor } from './vendor.fixture.ts'
import type { ParcelDone, Verifier } from './verification/verifier.ts'

const vendor = makeVendor({ threshold: 1 })

/** Verifies in the next turn, or when it is told to. */
class HeldVerifier implements Verifier {
  readonly size = 8
  readonly hasOwnCore = true
  isHeld = false
  #waiting: (() => void)[] = []

  get busy(): number {
    return this.#waiting.length
  }

  get held(): number {
    return this.#waiting.length
  }

  warm(): void {
    // Nothing to start.
  }

  verify(signatures: readonly SignedData[], done: ParcelDone): void {
    const run = (): void => {
      done(Uint8Array.from(signatures.map(({ key, data, signature }) => Number(verify(key, data, signature)))))
    }
    if (this.isHeld) this.#waiting.push(run)
    else setImmediate(run)
  }

  /** Lets the parcel go that has waited longest. */
  release(): void {
    this.#waiting.shift()?.()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

async function renewed({ ask, clock }: ServiceScene, machine: TestMachine, product = vendor.desktop): Promise<void> {
  clock.now += days(7)
  const sent = machine.request(product, clock.now)
  machine.accept(vendor, sent, await ask(sent.message))
}

async function settled(scene: ServiceScene, machine: TestMachine): Promise<void> {
  await renewed(scene, machine)
  await renewed(scene, machine)
}

async function turns(until: () => boolean): Promise<void> {
  while (!until()) await new Promise((turned) => setImmediate(turned))
}

describe('a renewal behind its signature, since too much is owed (rule 40)', () => {
  const opened = async (): Promise<{ scene: ServiceScene; verifier: HeldVerifier }> => {
    const verifier = new HeldVerifier()
    return { verifier, scene: await openScene(vendor, { verifier, limits: { owed: 0 } }) }
  }

  it('is none when the license was granted meanwhile: a copy is noted as a fork (rule 18)', async () => {
    const { scene, verifier } = await opened()
    const machine = new TestMachine('a')
    await settled(scene, machine)
    const copy = machine.copy('a')
    copy.salt.set(machine.salt) // As of a folder that was copied.
    verifier.isHeld = true
    const [first, second] = [machine, copy].map((one) => one.request(vendor.desktop, scene.clock.now))
    if (first === undefined || second === undefined) throw new Error('two')
    const firstAnswer = scene.ask(first.message)
    await turns(() => verifier.held === 1)
    const secondAnswer = scene.ask(second.message)
    await turns(() => verifier.held === 2)
    verifier.release()
    machine.accept(vendor, first, await firstAnswer)
    verifier.isHeld = false
    verifier.release()
    const answer = await secondAnswer
    if (answer.kind === 'challenge') {
      const again = copy.request(vendor.desktop, scene.clock.now, { challenge: answer.challenge })
      expect(await scene.ask(again.message)).toMatchObject({ kind: 'grant' })
    }
    expect(scene.service.state.signs).toMatchObject({ fork: 1 })
  })

  it('is none when the machine was forgotten meanwhile, and leaves alone who has its row now', async () => {
    const { scene, verifier } = await opened()
    const [machine, other] = [new TestMachine('a'), new TestMachine('b')]
    await settled(scene, machine)
    verifier.isHeld = true
    const held = machine.request(vendor.desktop, scene.clock.now)
    const answer = scene.ask(held.message)
    await turns(() => verifier.held === 1)
    verifier.isHeld = false
    await scene.service.forget(machine.id, [])
    await renewed(scene, other)
    verifier.release()
    await answer
    const { state } = scene.service
    const ref = state.ref(other.id, 0, held.request.product, 0)
    expect(other.prev && state.isLastGrant(ref, other.prev, 0)).toBe(true)
    await renewed(scene, other)
  })
})

describe('a renewal on the fast way', () => {
  it('is none when the machine came with other hardware for another product in the same batch (rule 16)', async () => {
    const verifier = new HeldVerifier()
    const scene = await openScene(vendor, { verifier })
    const machine = new TestMachine('a')
    await renewed(scene, new TestMachine('b'))
    await settled(scene, machine)
    const [prev, checkpoint] = [machine.prev, machine.checkpoint]
    machine.prev = undefined
    await renewed(scene, machine, vendor.server)
    const changed = { anchor: new Uint8Array(32).fill(9) }
    const challenge = await scene.ask(machine.request(vendor.server, scene.clock.now, changed).message)
    if (challenge.kind !== 'challenge') throw new Error(challenge.kind)
    verifier.isHeld = true
    const moved = machine.request(vendor.server, scene.clock.now, { ...changed, challenge: challenge.challenge })
    const movedAnswer = scene.ask(moved.message)
    await turns(() => verifier.held === 1)
    const fast = machine.request(vendor.desktop, scene.clock.now, {
      ...(prev && { prev }),
      ...(checkpoint && { checkpoint }),
    })
    verifier.release()
    const fastAnswer = scene.ask(fast.message)
    expect(scene.service.figures().fast).toBe(1)
    verifier.isHeld = false
    expect(await movedAnswer).toMatchObject({ kind: 'grant' })
    expect(await fastAnswer).toMatchObject({ kind: 'challenge' })
  })
})

describe('closing', () => {
  it('answers who is sent from the fast way to the slow one by the last batch', async () => {
    const scene = await openScene(vendor)
    const machine = new TestMachine('a')
    await settled(scene, machine)
    await turns(() => scene.service.figures().unverified === 0)
    const asked = [0, 1].map(() => scene.ask(machine.request(vendor.desktop, scene.clock.now).message))
    expect(scene.service.figures().fast).toBe(2)
    await scene.close()
    expect((await Promise.all(asked)).map(({ kind }) => kind)).not.toContain('refusal')
  })
})

describe('a disk that is full and a signing device that is gone, now and then', () => {
  it('leave no wrong proof and no license behind, and a restart finds the same (rules 21, 22)', async () => {
    const scene = await openScene(vendor)
    const machines = Array.from({ length: 6 }, (_, which) => new TestMachine(`machine ${which}`))
    for (const machine of machines) await settled(scene, machine)
    for (let round = 0; round < 12; round += 1) {
      scene.clock.now += days(1)
      scene.disk.isFull = round % 3 === 1
      scene.device.isBroken = round % 4 === 2
      const sent = machines.map((machine) => machine.request(vendor.desktop, scene.clock.now))
      const answers = await Promise.all(sent.map(({ message }) => scene.ask(message)))
      scene.disk.isFull = false
      scene.device.isBroken = false
      for (const [which, machine] of machines.entries()) {
        const [request, answer] = [sent[which], answers[which]]
        if (request === undefined || answer === undefined) throw new Error('one each')
        // Who was not answered sends the same again (rule 14).
        machine.accept(vendor, request, answer.kind === 'grant' ? answer : await scene.ask(request.message))
      }
    }
    expect(scene.service.figures().fast).toBeGreaterThan(30)
    const { signs } = scene.service.state
    expect(signs).toMatchObject({ fork: 0, twin: 0 })
    await scene.close()
    const again = await openScene(vendor, { dir: scene.dir })
    again.clock.now = scene.clock.now
    for (const machine of machines) await settled(again, machine)
    expect(again.service.state.signs).toEqual(signs)
  })
})
