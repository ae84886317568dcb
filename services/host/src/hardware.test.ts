import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { days } from '@volact/core/time'
import { hostHardware, makeActivatedHost, serve, type TestClock } from './host.fixture.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 2 })

async function startWithTwo(): Promise<{ host: RunningHost; clock: TestClock; machine: TestMachine; dir: string }> {
  const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
  const host = await serve(dir, clock)
  const machine = new TestMachine('changing')
  await new TestMachine('steady').ask(host.address, vendor.desktop, clock.now)
  const { sent, answer } = await machine.ask(host.address, vendor.desktop, clock.now)
  machine.accept(vendor, sent, answer)
  return { host, clock, machine, dir }
}

function countOf(host: RunningHost): number | undefined {
  return host.status().applications[0]?.count
}

describe('a machine with other hardware than it was last seen with (rules 16, 36)', () => {
  it('is taken with its new hardware after a challenge, though it names its last grant; its old anchor stops counting', async () => {
    const { host, clock, machine, dir } = await startWithTwo()
    expect(countOf(host)).toBe(2)
    for (let month = 1; month <= 24; month += 1) {
      clock.now += days(28)
      await new TestMachine('steady').ask(host.address, vendor.desktop, clock.now)
      const anchor = new Uint8Array(randomBytes(32))
      const changed = machine.request(vendor.desktop, clock.now, { anchor })
      expect(await ask(host.address, changed.message)).toMatchObject({ kind: 'challenge' })
      const { sent, answer } = await machine.ask(host.address, vendor.desktop, clock.now, { anchor })
      machine.accept(vendor, sent, answer)
      expect(countOf(host)).toBeLessThanOrEqual(3)
    }
    expect(host.status()).toMatchObject({ forks: 0, twins: 0 })
    const before = countOf(host)
    await host.close()
    expect(countOf(await serve(dir, clock))).toBe(before)
  })

  it('is not taken back to its old hardware by a recording of what it asked before', async () => {
    const { host, clock, machine } = await startWithTwo()
    const recorded = machine.request(vendor.desktop, clock.now)
    const anchor = new Uint8Array(randomBytes(32))
    const { sent, answer } = await machine.ask(host.address, vendor.desktop, clock.now, { anchor })
    machine.accept(vendor, sent, answer)
    const { ledger } = host.status()
    expect(await ask(host.address, recorded.message)).toMatchObject({ kind: 'challenge' })
    expect(host.status().ledger).toEqual(ledger)
  })

  it('is one machine below the threshold, too: what it was seen with before does not count any more', async () => {
    const many = makeVendor({ threshold: 5 })
    const host = await serve(await makeActivatedHost(many))
    const machine = new TestMachine('changing')
    for (let change = 0; change < 5; change += 1) {
      const { answer } = await machine.ask(host.address, many.desktop, start, {
        anchor: new Uint8Array(randomBytes(32)),
      })
      expect(answer).toMatchObject({ code: 'COUNT_INSUFFICIENT', detail: { count: 1 } })
    }
  })

  it('is challenged when it says that it is another sort of machine', async () => {
    const { host, clock, machine } = await startWithTwo()
    const flags = { weak: false, virtual: true, ephemeral: false }
    const moved = machine.request(vendor.desktop, clock.now, { flags })
    expect(await ask(host.address, moved.message)).toMatchObject({ kind: 'challenge' })
  })
})

it('weak machines count by a quarter of the strong ones, and a refusal says how many do not, and why (rule 35)', async () => {
  const demanding = makeVendor({ threshold: 6 })
  const host = await serve(await makeActivatedHost(demanding))
  const flags = { weak: true, virtual: false, ephemeral: false }
  for (let strong = 0; strong < 4; strong += 1) {
    await new TestMachine('strong').ask(host.address, demanding.desktop, start)
  }
  for (const ignored of [0, 1, 2]) {
    const { answer } = await new TestMachine('weak').ask(host.address, demanding.desktop, start, { flags })
    expect(answer).toMatchObject({ code: 'COUNT_INSUFFICIENT', detail: { count: 5, threshold: 6, weak: ignored } })
    if (answer.kind === 'refusal' && ignored > 0) expect(answer.text).toContain('too little of their hardware')
  }
  expect(host.status().applications[0]).toMatchObject({ count: 5, weak: 3 })
})

describe('a host on other hardware than was certified (rule 36)', () => {
  const other = {
    ...hostHardware,
    systemUuid: 'f1234567-0051-3510-8052-b4c04f4d3132',
    boardSerial: 'X',
    diskSerial: 'X',
  }
  const moved = (): Promise<typeof other> =>
    Promise.resolve({ ...other, components: other.components.map((_, place) => `other ${String(place)}`) })

  it('serves on for 30 days from when that was found, whatever is started again, and then says why not', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    const host = await serve(dir, clock, { probe: moved })
    expect(host.status()).toMatchObject({ hardwareEnd: start + days(30) })
    await host.close()
    clock.now += days(29)
    const again = await serve(dir, clock, { probe: moved })
    expect(again.status()).toMatchObject({ hardwareEnd: start + days(30) })
    clock.now += days(1)
    const { answer } = await new TestMachine('m').ask(again.address, vendor.desktop, clock.now)
    expect(answer).toMatchObject({ kind: 'refusal', code: 'HARDWARE_OUT_OF_TOLERANCE' })
    await again.close()
    const back = await serve(dir, clock, { probe: () => Promise.resolve(hostHardware) })
    expect(back.status()).not.toHaveProperty('hardwareEnd')
  })
})
