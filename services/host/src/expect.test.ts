import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { days, hours } from '@volact/core/time'
import { rounds } from '@volact/testkit/rounds'
import { changeConfig } from './config/change-config.ts'
import { fileOnly, type LoadedConfig, loadConfig } from './config/load-config.ts'
import { expectMachines } from './expect-machines.ts'
import { vendorFiles } from './folder/files.ts'
import { makeActivatedHost, serve, type TestClock } from './host.fixture.ts'
import { hostStatus } from './host-status.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

/** Asks for the first time; what the answer is. */
async function knock(host: RunningHost, clock: TestClock, machine = new TestMachine('new')): Promise<string> {
  const sent = machine.request(vendor.desktop, clock.now)
  const answer = await ask(host.address, sent.message)
  if (answer.kind === 'grant') machine.accept(vendor, sent, answer)
  return answer.kind === 'refusal' ? answer.code : answer.kind
}

describe('the door of a host for new machines (rule 39)', () => {
  it('lets in so many a day, more of them when they are announced, and what was announced survives a restart', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    const limits = { strangers: { perSecond: 1_000, perDay: 3 } }
    const host = await serve(dir, clock, limits)
    const first = new TestMachine('first')
    const answers = [await knock(host, clock, first)]
    for (let machine = 0; machine < 4; machine += 1) answers.push(await knock(host, clock))
    expect(answers).toEqual(['grant', 'grant', 'grant', 'BUSY', 'BUSY'])
    expect(await knock(host, clock, first)).toBe('grant')
    expect(host.status().newcomers).toMatchObject({ usedToday: 3, perDay: 3, sentAway: 2, waiting: 0 })
    const { size = 0 } = host.status().ledger ?? {}
    const announced = await expectMachines(dir, { machines: 2, seconds: hours(8) }, { now: () => clock.now })
    expect(announced).toEqual({ machines: 2, until: start + hours(8), known: 3 })
    expect(host.status().ledger?.size).toBe(size + 1)
    expect(await knock(host, clock)).toBe('grant')
    expect(host.status()).toMatchObject({
      newcomers: { usedToday: 4, perDay: 5, expected: 2 },
      rollout: { expected: 2, takenIn: 1, until: start + hours(8) },
    })
    await host.close()
    expect(await hostStatus(dir, { now: () => clock.now })).toMatchObject({ rollout: { expected: 2, takenIn: 1 } })

    const again = await serve(dir, clock, limits)
    expect(again.status().newcomers).toMatchObject({ usedToday: 4, perDay: 5, expected: 2 })
    expect(await knock(again, clock)).toBe('grant')
    expect(await knock(again, clock)).toBe('BUSY')
    clock.now = start + hours(8)
    expect(again.status().rollout).toBeUndefined()
    expect(await knock(again, clock)).toBe('BUSY')
    clock.now = start + days(1)
    expect(await knock(again, clock)).toBe('grant')
    expect(again.status().newcomers).toMatchObject({ usedToday: 1, perDay: 3, expected: 0 })
  })

  it('takes a later announcement in the place of the one before, and none that is impossible', async () => {
    const dir = await makeActivatedHost(vendor)
    const now = (): number => start
    await expectMachines(dir, { machines: 500, seconds: days(1) }, { now })
    const host = await serve(dir, { now: start }, { strangers: { perDay: 10 } })
    expect(host.status().newcomers).toMatchObject({ perDay: 510 })
    await expectMachines(dir, { machines: 0, seconds: days(1) }, { now })
    expect(host.status().newcomers).toMatchObject({ perDay: 10, expected: 0 })
    for (const wrong of [
      { machines: -1, seconds: days(1) },
      { machines: 1.5, seconds: days(1) },
      { machines: 1, seconds: 1 },
    ]) {
      await expect(expectMachines(dir, wrong, { now })).rejects.toMatchObject({ code: 'USAGE' })
    }
  })

  it('gives back what a forged, foreign or impossible request has taken: the budget is for what is recorded', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    const host = await serve(dir, clock, { strangers: { perSecond: 1_000, perDay: 2 } })
    const machine = new TestMachine('forger')
    const sent = machine.request(vendor.desktop, start)
    if (sent.message.kind !== 'activate') throw new Error('no request')
    const forged = Uint8Array.from(sent.bytes)
    forged[forged.length - 1] = Number(forged.at(-1)) ^ 1
    for (let round = 0; round < 5; round += 1) {
      expect(await ask(host.address, { ...sent.message, request: forged })).toMatchObject({ code: 'SIGNATURE_INVALID' })
      const newer = machine.request(vendor.newer, start)
      expect(await ask(host.address, newer.message)).toMatchObject({ code: 'PRODUCT_NOT_SERVED' })
      const late = machine.request(vendor.desktop, start - days(1))
      expect(await ask(host.address, late.message)).toMatchObject({ kind: 'challenge' })
    }
    expect(host.status().newcomers).toMatchObject({ usedToday: 0 })
    expect([await knock(host, clock), await knock(host, clock), await knock(host, clock)]).toEqual([
      'grant',
      'grant',
      'BUSY',
    ])
  })

  it('serves known machines only from 90 % of the disk quota on, says so once, and heals', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    const known = new TestMachine('known')
    const first = await serve(dir, clock)
    expect(await knock(first, clock, known)).toBe('grant')
    await first.close()
    const notes: string[] = []
    changeConfig(dir, [{ key: 'limits.disk-mb', text: '1' }])
    const settings = (): LoadedConfig => loadConfig(dir, fileOnly)
    const host = await serve(dir, clock, { settings, onNote: (text) => notes.push(text) })
    const ballast = join(vendorFiles(dir, 'example').ledger, 'ballast')
    writeFileSync(ballast, new Uint8Array(900_000))
    clock.now += 10
    expect(await knock(host, clock)).toBe('DISK_FULL')
    expect(await knock(host, clock)).toBe('DISK_FULL')
    expect(await knock(host, clock, known)).toBe('grant')
    expect(host.status().newcomers).toMatchObject({ room: 'none' })
    rmSync(ballast)
    clock.now += 10
    expect(await knock(host, clock)).toBe('grant')
    expect(notes.filter((note) => note.includes('quota'))).toHaveLength(1)
  })

  it('is through with a roll-out behind one address in under an hour, though its line has room for a tenth', async () => {
    const [dir, begun] = [await makeActivatedHost(vendor), performance.now()]
    let jumped = 0
    // Time runs twenty times as fast, and jumps when nobody asks.
    const elapsed = (): number => jumped + ((performance.now() - begun) / 1_000) * 20
    const clock = {
      get now() {
        return start + Math.floor(elapsed())
      },
    }
    const [all, waiting] = [rounds(10_000), rounds(1_024)]
    const host = await serve(dir, clock, { elapsed, strangers: { perSecond: 20, perDay: 100_000, waiting } })
    let [granted, underWay] = [0, 0]
    let later: number[] = Array.from({ length: all }, () => 0)
    const come = async (): Promise<void> => {
      const answer = await ask(host.address, new TestMachine('new').request(vendor.desktop, clock.now).message)
      if (answer.kind === 'refusal' && answer.code === 'BUSY') later.push(elapsed() + (answer.retryAfter ?? Infinity))
      else expect(answer.kind).toBe('grant')
      granted += Number(answer.kind === 'grant')
      underWay -= 1
    }
    while (later.length + underWay > 0) {
      // Read once: who falls due between two readings would be forgotten.
      const reached = elapsed()
      const due = later.filter((at) => at <= reached)
      later = later.filter((at) => at > reached)
      underWay += due.length
      due.forEach(() => void come())
      if (underWay === 0) jumped += Math.min(...later) - elapsed()
      else await setTimeout(5)
    }
    expect(granted).toBe(all)
    expect(host.status().newcomers?.usedToday).toBe(all)
    expect(elapsed()).toBeLessThan(hours(1))
  }, 300_000)
})
