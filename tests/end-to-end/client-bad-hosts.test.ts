import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { leaseFile } from '@volact/client/folder/client-files'
import { encodeFrame } from '@volact/core/wire/frame'
import { decodeMessage, encodeMessage } from '@volact/core/wire/message'
import { days, hours, minutes } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import { attempt, follow, heal } from './laws-attempt.fixture.ts'
import { checkLaws } from './laws-check.fixture.ts'
import { newHardware, withNewParts } from './laws-hardware.fixture.ts'
import { LawMachine } from './laws-machine.fixture.ts'
import { lawVendor } from './laws-vendor.fixture.ts'
import { World } from './laws-world.fixture.ts'
import { honestly, Liar, type Lie } from './liar.fixture.ts'
import { copyFolder } from './twins.fixture.ts'

keepFoldersInMemory()

/** Long enough for an honest host on loopback, and no longer. */
const limits = { connectMilliseconds: 5_000, answerMilliseconds: 1_000, answerBytes: 16_384 }

interface Setting {
  readonly world: World
  readonly liar: Liar
  readonly machine: LawMachine
}

/** A world, and a machine there that asks a liar. */
async function startWithLiar(): Promise<Setting> {
  const world = await World.start(lawVendor())
  const liar = await Liar.start(world.site.host.address)
  onTestFinished(async () => {
    liar.close()
    await world.close()
  })
  return { world, liar, machine: await newMachine(world, liar) }
}

async function newMachine(world: World, liar: Liar): Promise<LawMachine> {
  const machine = await LawMachine.make(world, newHardware(false), 0, [world.vendor.desktop])
  onTestFinished(() => machine.close())
  machine.limits = limits
  machine.client.setHost(liar.address)
  await machine.open()
  return machine
}

/** What a liar does with the answer of an honest host; `others` are answers that it gave to other requests. */
type Liars = (others: readonly Uint8Array[]) => Lie

const lies: readonly (readonly [string, Liars])[] = [
  ['says nothing', () => () => undefined],
  [
    'answers a byte at a time',
    () => (answer, socket) => {
      const bytes = [...encodeFrame(answer)]
      const trickle = setInterval(() => socket.write(Uint8Array.of(bytes.shift() ?? 0)), 10)
      socket.once('close', () => {
        clearInterval(trickle)
      })
    },
  ],
  [
    'closes half way',
    () => (answer, socket) => {
      socket.end(encodeFrame(answer).subarray(0, answer.length / 2))
    },
  ],
  [
    'sends 16 KiB of garbage in a frame that is right',
    () => (_, socket) => {
      socket.end(encodeFrame(new Uint8Array(randomBytes(16_384))))
    },
  ],
  [
    'gives the answer to another nonce',
    ([mine]) =>
      (_, socket) => {
        socket.end(encodeFrame(mine ?? new Uint8Array()))
      },
  ],
  [
    'gives the answer to another machine',
    (others) => (_, socket) => {
      socket.end(encodeFrame(others.at(-1) ?? new Uint8Array()))
    },
  ],
  [
    'alters the receipt',
    () => (answer, socket) => {
      const message = decodeMessage(answer)
      if (message.kind !== 'grant') {
        honestly(answer, socket)
        return
      }
      const receipt = message.receipt.slice()
      receipt[receipt.length - 1] = (receipt.at(-1) ?? 0) ^ 1
      socket.end(encodeFrame(encodeMessage({ ...message, receipt })))
    },
  ],
  [
    'asks for one challenge after the other',
    () => (_, socket) => {
      const challenge = new Uint8Array(randomBytes(16))
      socket.end(encodeFrame(encodeMessage({ kind: 'challenge', challenge })))
    },
  ],
  [
    'says that everything is revoked, and to ask again at once',
    () => (_, socket) => {
      const refusal = { kind: 'refusal', code: 'CERTIFICATE_REVOKED', text: 'no', retryAfter: 0 } as const
      socket.end(encodeFrame(encodeMessage(refusal)))
    },
  ],
  [
    'says that its ledger is another one, and to ask again in a hundred years',
    () => (_, socket) => {
      const refusal = { kind: 'refusal', code: 'LOG_MISMATCH', text: 'no', retryAfter: 3_153_600_000 } as const
      socket.end(encodeFrame(encodeMessage(refusal)))
    },
  ],
]

/** Answers that were given before: to this machine, and to another one. */
async function recordAnswers({ world, machine, liar }: Setting): Promise<readonly Uint8Array[]> {
  const answers: Uint8Array[] = []
  liar.lie = (answer, socket) => {
    answers.push(answer)
    honestly(answer, socket)
  }
  const other = await newMachine(world, liar)
  for (const one of [machine, other]) expect(await attempt(one, world.vendor.desktop)).toBe('activated')
  return answers
}

describe('a host that', () => {
  it.each(lies)('%s takes no license away and gives none, and costs nothing once it is honest', async (_, lying) => {
    const setting = await startWithLiar()
    const { machine, liar, world } = setting
    const { desktop } = world.vendor
    const lie = lying(await recordAnswers(setting))
    const novice = await newMachine(world, liar)
    const lease = (): string => readFileSync(leaseFile(machine.files, desktop), 'base64')
    const before = lease()
    liar.lie = lie
    liar.times = 0
    await follow(machine, () => machine.pass(days(8), 'asleep'))
    await follow(machine, () => machine.live(hours(4)))
    // An attempt every 15 minutes is the most (rule 24), and each asks three times at most.
    expect(liar.times).toBeGreaterThan(0)
    expect(liar.times).toBeLessThanOrEqual(4 * 4 * 3)
    expect([machine.client.status().state, lease()]).toEqual(['licensed', before])
    expect(await attempt(novice, desktop)).not.toBe('activated')
    for (const one of [machine, novice]) checkLaws(one)
    liar.lie = honestly
    const wait = (machine.client.status().nextAttempt ?? Infinity) - machine.now
    expect(wait).toBeLessThanOrEqual(days(7))
    if (wait > hours(3)) await follow(machine, () => machine.pass(wait, 'asleep'))
    await follow(machine, () => machine.live(Math.min(wait, hours(3)) + minutes(2)))
    expect(lease()).not.toBe(before)
    await heal(novice, 'hand')
    for (const one of [machine, novice]) checkLaws(one)
  })

  it('goes back to a smaller ledger is shown a larger one by its client, which keeps its license (rules 22, 25, 26)', async () => {
    const { world, machine } = await startWithLiar()
    const { site, vendor } = world
    const backup = join(temporaryFolder(), 'backup')
    machine.client.setHost(site.proxy.address)
    await site.host.close()
    copyFolder(site.dir, backup)
    await site.restart()
    for (let week = 0; week < 3; week += 1) {
      expect(await attempt(machine, vendor.desktop)).toBe('activated')
      await machine.pass(days(7), 'asleep')
    }
    await site.host.close()
    rmSync(site.dir, { recursive: true })
    copyFolder(backup, site.dir)
    await site.restart()
    expect(await machine.client.activate()).toMatchObject({ outcome: 'refused', code: 'HOST_ROLLED_BACK' })
    checkLaws(machine)
    expect(machine.client.status().state).toBe('licensed')
  })
})

describe('hardware that changes one piece a month for two years', () => {
  it.each([
    ['a machine', false],
    ['a virtual machine', true],
  ])('stays %s with one ID and one place in the count, and is licensed all the time (rule 36)', async (_, virtual) => {
    const world = await World.start(lawVendor())
    const machine = await LawMachine.make(world, newHardware(virtual), 0, [world.vendor.desktop])
    const { machineId } = machine.client.status()
    for (let week = 0; week < 104; week += 1) {
      if (week % 4 === 3) machine.hardware = withNewParts(machine.hardware, [Math.floor(week / 4) % 10])
      if (week % 10 === 9) await machine.open()
      expect(await attempt(machine, world.vendor.desktop)).toBe('activated')
      await machine.pass(days(7), 'asleep')
      expect(machine.client.status()).toMatchObject({ state: 'licensed', machineId })
      checkLaws(machine)
    }
    // Two others are there to be counted.
    expect(world.site.host.status()).toMatchObject({ applications: [{ count: 3 }], twins: 0, forks: 0 })
    await machine.close()
    await world.close()
  })
})
