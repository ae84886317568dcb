import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { days } from '@volact/core/time'
import type { Message } from '@volact/core/wire/message'
import { describe, expect, it } from 'vitest'
import { type SentRequest, TestMachine } from './machine.fixture.ts'
import { openScene, type ServiceScene } from './service-scene.fixture.ts'
import { makeVendor } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

async function renewed({ ask, clock }: ServiceScene, machine: TestMachine): Promise<SentRequest> {
  clock.now += days(7)
  const sent = machine.request(vendor.desktop, clock.now)
  machine.accept(vendor, sent, await ask(sent.message))
  return sent
}

async function settled(scene: ServiceScene, machine: TestMachine): Promise<SentRequest> {
  await renewed(scene, machine)
  return renewed(scene, machine)
}

async function drained({ service }: ServiceScene): Promise<void> {
  while (service.figures().unverified > 0) await new Promise((later) => setTimeout(later, 2))
}

function forged({ bytes, message }: SentRequest): Message {
  const other = Uint8Array.from(bytes)
  other[other.length - 1] = Number(other.at(-1)) ^ 1
  if (message.kind !== 'activate') throw new Error('no request')
  return { ...message, request: other }
}

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path)
  bytes[offset] = Number(bytes[offset]) ^ 1
  writeFileSync(path, bytes)
}

describe('one flipped bit in the ledger while the host runs', () => {
  it('in the last grant of a license is an answer to who asks for it, and no end of the host', async () => {
    const scene = await openScene(vendor)
    const [machine, other] = [new TestMachine('a'), new TestMachine('b')]
    const sent = await settled(scene, machine)
    await settled(scene, other)
    await drained(scene)
    const path = join(scene.files.ledger, 'entries/000000.log')
    flip(path, readFileSync(path).indexOf(Buffer.from(sent.request.nonce)))
    expect(await scene.ask(sent.message)).toMatchObject({ kind: 'refusal', code: 'LEDGER_DAMAGED' })
    const next = machine.request(vendor.desktop, scene.clock.now, { prev: new Uint8Array(16) })
    expect(await scene.ask(next.message)).toMatchObject({ kind: 'refusal', code: 'LEDGER_DAMAGED' })
    await renewed(scene, other)
  })

  it('that no proof can be made without is an answer to who needs the proof, and no end of the others', async () => {
    const scene = await openScene(vendor)
    const [machine, other] = [new TestMachine('a'), new TestMachine('b')]
    const first = await settled(scene, machine)
    await settled(scene, other)
    // So many that nothing of the first ones is in memory any more.
    const acts = Array.from({ length: 1_500 }, () => ({ act: 'test', arguments: new Map<string, never>() }))
    await scene.service.recordActs(acts)
    await renewed(scene, other)
    await drained(scene)
    const path = join(scene.files.ledger, 'entries/000000.log')
    flip(path, readFileSync(path).indexOf(Buffer.from(first.request.nonce)))
    truncateSync(join(scene.files.ledger, 'tree/000000.log'), 0)
    const { ledger } = scene.service.log
    ledger.takeConsistency(300, ledger.size, () => undefined)
    const sent = machine.request(vendor.desktop, scene.clock.now)
    const others = other.request(vendor.desktop, scene.clock.now)
    const answers = await Promise.all([scene.ask(sent.message), scene.ask(others.message)])
    expect(answers[0]).toMatchObject({ kind: 'refusal', code: 'LEDGER_DAMAGED' })
    other.accept(vendor, others, answers[1])
  })
})

describe('a machine that was forgotten (rule 31)', () => {
  it('and gives back again what it had given back is told that nothing is there', async () => {
    const scene = await openScene(vendor)
    const machine = new TestMachine('a')
    const sent = machine.request(vendor.desktop, scene.clock.now)
    const { grant } = machine.accept(vendor, sent, await scene.ask(sent.message))
    const release = machine.release(grant, scene.clock.now)
    expect(await scene.ask(release)).toMatchObject({ kind: 'released' })
    const { size } = scene.service.log.ledger
    await scene.service.forget(machine.id, [size - 2, size - 1])
    expect(await scene.ask(release)).toMatchObject({ kind: 'refusal' })
  })

  it('may have any number of entries', async () => {
    const scene = await openScene(vendor)
    const { ledger } = scene.service.log
    const { size: first } = ledger
    const entries = Array.from({ length: 25_000 }, () => new Uint8Array(48).fill(7))
    await ledger.append({ first, time: ledger.lastTime, entries })
    const indexes = entries.map((_, at) => first + at)
    await scene.service.forget(new TestMachine('a').id, indexes)
    expect([ledger.entry(first), ledger.entry(first + 24_999)]).toEqual([undefined, undefined])
  })
})

describe('a forged request on the fast way, and a full disk', () => {
  it('leaves nobody without an answer: who waits behind the dispute is told that nothing can be recorded', async () => {
    const scene = await openScene(vendor)
    const machine = new TestMachine('a')
    await settled(scene, machine)
    await drained(scene)
    const held = machine.request(vendor.desktop, scene.clock.now)
    expect(await scene.ask(forged(held))).toMatchObject({ kind: 'grant' })
    scene.disk.isFull = true
    const sent = machine.request(vendor.desktop, scene.clock.now)
    expect(await scene.ask(sent.message)).toMatchObject({ kind: 'refusal', code: 'DISK_FULL' })
    scene.disk.isFull = false
    machine.accept(vendor, sent, await scene.ask(sent.message))
    await drained(scene)
    expect(scene.service.figures()).toMatchObject({ disputed: 1, unverified: 0 })
  })
})

describe('files beside the ledger', () => {
  it('that are garbage cost a slow renewal, and never a start (rule 15)', async () => {
    const before = await openScene(vendor)
    const machine = new TestMachine('a')
    await settled(before, machine)
    await before.close()
    for (const path of [before.files.verified, before.files.stableKey, before.files.snapshot])
      writeFileSync(path, new Uint8Array(5_000).fill(0x39))
    writeFileSync(join(before.files.ledger, 'head.cose'), new Uint8Array(5_000))
    const scene = await openScene(vendor, { dir: before.dir })
    scene.clock.now = before.clock.now
    await renewed(scene, machine)
    await renewed(scene, machine)
    expect(scene.service.figures()).toMatchObject({ slow: 1, fast: 1 })
  })
})

describe('the mark of what is verified', () => {
  it.each(['999999999\n', 'no number', '', '00012'])(
    'that says %j has nothing taken for verified that is not (rule 15)',
    async (mark) => {
      const before = await openScene(vendor)
      const machine = new TestMachine('a')
      await settled(before, machine)
      await drained(before)
      // Before anybody has looked at it.
      void before.ask(forged(machine.request(vendor.desktop, before.clock.now)))
      await before.close()
      writeFileSync(before.files.verified, mark)
      const scene = await openScene(vendor, { dir: before.dir })
      scene.clock.now = before.clock.now
      await drained(scene)
      await scene.service.recordActs([])
      const kinds = [...scene.service.log.entries()].map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'disputed')).toHaveLength(1)
    },
  )
})

describe('closing', () => {
  it('answers what waits to be verified, and writes nothing behind the end', async () => {
    const scene = await openScene(vendor)
    const machines = Array.from({ length: 100 }, (_, at) => new TestMachine(`machine ${at}`))
    const asked = machines.map((machine) => scene.ask(machine.request(vendor.desktop, scene.clock.now).message))
    await scene.close()
    expect(await Promise.all(asked)).toHaveLength(100)
  })
})
