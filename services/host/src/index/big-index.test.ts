import { describe, expect, it } from 'vitest'
import { isLong } from '@volact/testkit/rounds'
import { hostStatus } from '../host-status.ts'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { ask, TestMachine } from '../machine.fixture.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { random, writeGrants } from './index.fixture.ts'
import { listMachines } from './list-machines.ts'
import { showMachine } from './show-machine.ts'

/** A hundred thousand in the long run. */
const machines = isLong() ? 100_000 : 2_000

describe('an index of many machines', () => {
  it('is made from the ledger, and listed in memory for a page', async () => {
    const vendor = makeVendor()
    const dir = await makeActivatedHost(vendor)
    const grants = Array.from({ length: machines }, (_, number) => ({
      ...{ machine: random(32), name: `pc-${String(number).padStart(6, '0')}`, time: start + number },
    }))
    await writeGrants(dir, vendor, grants)
    const now = (): number => start + machines
    expect(await hostStatus(dir, { now })).toMatchObject({ index: { state: 'good', behind: 0 } })
    const pages: number[] = []
    let last = ''
    let isSorted = true
    await listMachines(dir, {
      ...{ now, filter: {} },
      onPage: (page) => {
        pages.push(page.length)
        for (const { name } of page) {
          isSorted &&= name > last
          last = name
        }
      },
    })
    expect(pages.reduce((sum, length) => sum + length, 0)).toBe(machines)
    expect(isSorted).toBe(true)
    expect(Math.max(...pages)).toBeLessThanOrEqual(200)
    const { story } = await showMachine(dir, 'PC-000042', { now })
    expect(story.products).toMatchObject([{ record: { state: 'licensed', name: 'pc-000042' } }])
  }, 600_000)

  it('lets a host start and answer at once, while it still catches up', async () => {
    const vendor = makeVendor()
    const dir = await makeActivatedHost(vendor)
    const grants = Array.from({ length: machines }, () => ({ machine: random(32), time: start }))
    await writeGrants(dir, vendor, grants)
    const host = await serve(dir)
    const answer = await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)
    expect(answer.kind).toBe('grant')
    expect((await hostStatus(dir, { now: () => start })).index?.problem).toBeUndefined()
  }, 600_000)
})
