import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { parseGrant } from '@volact/core/document/grant'
import { days, hours, type Instant } from '@volact/core/time'
import { openLedger } from '@volact/ledger/open-ledger'
import { hostFiles, vendorFiles } from '../folder/files.ts'
import { hostStatus } from '../host-status.ts'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { ask, TestMachine } from '../machine.fixture.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { random, writeGrants } from './index.fixture.ts'
import { listMachines } from './list-machines.ts'
import type { MachineRecord } from './machine-record.ts'
import { readCounters } from './read-counters.ts'
import { RefusalTally } from './refusal-tally.ts'
import { showMachine } from './show-machine.ts'

const vendor = makeVendor({ threshold: 2 })

async function machinesOf(dir: string, at: Instant = start): Promise<readonly MachineRecord[]> {
  const machines: MachineRecord[] = []
  const onPage = (page: readonly MachineRecord[]): void => void machines.push(...page)
  await listMachines(dir, { now: () => at, filter: {}, onPage })
  return machines
}

describe('the index of a host', () => {
  it('heals by itself when what was in its way is gone, and the host grants meanwhile', async () => {
    const dir = await makeActivatedHost(vendor)
    const { index } = hostFiles(dir)
    mkdirSync(index)
    const host = await serve(dir)
    const machines = [new TestMachine('anna'), new TestMachine('berta')] as const
    expect(await ask(host.address, machines[0].request(vendor.desktop, start).message)).toMatchObject({
      kind: 'refusal',
    })
    expect(await ask(host.address, machines[1].request(vendor.desktop, start).message)).toMatchObject({ kind: 'grant' })
    const broken = await hostStatus(dir, { now: () => start })
    expect(broken.index).toMatchObject({ state: 'unavailable', behind: broken.ledger?.size })
    await expect(machinesOf(dir)).rejects.toMatchObject({ message: expect.stringContaining('is a folder') as string })
    rmdirSync(index)
    expect((await hostStatus(dir, { now: () => start })).index).toEqual({ state: 'good', behind: 0 })
    expect((await machinesOf(dir)).map(({ name, state }) => [name, state])).toEqual([
      ['anna', 'waiting'],
      ['berta', 'licensed'],
    ])
    // What was refused while nothing could be written was kept in memory.
    expect((await readCounters(dir, { now: () => start }))[0]).toMatchObject({ total: 2, failed: 0, oobGrace: 2 })
  })

  it('forgets names, addresses and versions 90 days after the last contact, and keeps the machine (rule 32)', async () => {
    const dir = await makeActivatedHost(vendor)
    await writeGrants(dir, vendor, [
      { machine: random(32), name: 'name-of-long-ago', time: start },
      { machine: random(32), name: 'name-of-yesterday', time: start + days(90) },
    ])
    expect((await machinesOf(dir, start + days(90))).map(({ name }) => name)).toEqual([
      'name-of-long-ago',
      'name-of-yesterday',
    ])
    const later = await machinesOf(dir, start + days(91))
    expect(later.map(({ name }) => name)).toEqual(['', 'name-of-yesterday'])
    expect(later[0]).not.toHaveProperty('address')
    expect(readFileSync(hostFiles(dir).index).includes('name-of-long-ago')).toBe(false)
  })

  it('keeps refusals, counters and events when the rest is made anew for another version', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const anna = new TestMachine('anna')
    for (const machine of [anna, anna, new TestMachine('berta')])
      await ask(host.address, machine.request(vendor.desktop, start).message)
    const before = await readCounters(dir, { now: () => start })
    expect(before[0]).toMatchObject({ total: 3, oobGrace: 3 })
    await host.close()
    const db = new DatabaseSync(hostFiles(dir).index)
    db.exec(`update meta set value = 0 where name = 'derived'; drop table machines`)
    db.close()
    expect(await readCounters(dir, { now: () => start })).toEqual(before)
    const { story } = await showMachine(dir, 'anna', { now: () => start })
    expect(story.products[0]?.events).toMatchObject([
      { what: 'refusals', text: expect.stringContaining('asked 2 times') as string },
    ])
  })

  it('goes back to the grant before when one is disputed (rule 15)', async () => {
    const dir = await makeActivatedHost(vendor)
    const machine = random(32)
    await writeGrants(dir, vendor, [
      { machine, name: 'anna', time: start },
      { machine, name: 'anna', time: start + days(7) },
    ])
    expect((await machinesOf(dir, start + days(7)))[0]).toMatchObject({ renewals: 1, leaseEnd: start + days(187) })
    const ledger = openLedger(vendorFiles(dir, 'example').ledger)
    const { cti: grant, req } = parseGrant(ledger.entry(ledger.size - 1) ?? new Uint8Array(0))
    const entry = { kind: 'disputed', index: ledger.size, time: start + days(8), grant, req } as const
    await ledger.append([encodeEntry(entry)])
    ledger.close()
    expect((await machinesOf(dir, start + days(8)))[0]).toMatchObject({ renewals: 0, leaseEnd: start + days(180) })
  })

  it('has nothing of entries that the ledger says are forgotten, and of machines that had no others (rule 31)', async () => {
    const dir = await makeActivatedHost(vendor)
    const [gone, kept] = [random(32), random(32)]
    await writeGrants(
      dir,
      vendor,
      [gone, kept, gone].map((machine, number) => ({ machine, time: start + number })),
    )
    expect(await machinesOf(dir)).toHaveLength(2)
    const ledger = openLedger(vendorFiles(dir, 'example').ledger)
    const { size } = ledger
    const time = start + hours(1)
    await ledger.append([encodeEntry({ kind: 'forgotten', index: size, time, indexes: [size - 3, size - 1] })])
    ledger.close()
    expect(await machinesOf(dir, time)).toHaveLength(1)
  })
})

describe('a flood of refusals', () => {
  it('is a bounded number of kinds, and none of it goes uncounted', () => {
    const tally = new RefusalTally()
    const flood = 12_000
    for (let number = 0; number < flood; number += 1) {
      tally.add('example', { code: 'BUSY', address: '192.0.2.1', machine: random(32), state: number % 2 }, start)
    }
    const taken = tally.take()
    expect(taken.length).toBeLessThanOrEqual(10_002)
    expect(taken.reduce((sum, { times }) => sum + times, 0)).toBe(flood)
    expect(tally.isEmpty).toBe(true)
  })
})
