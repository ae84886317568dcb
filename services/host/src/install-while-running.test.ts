import { ActivationError } from '@volact/core/errors/activation-error'
import { parseGrant } from '@volact/core/document/grant'
import { minutes } from '@volact/core/time'
import { describe, expect, it } from 'vitest'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { listMachines } from './index/list-machines.ts'
import type { MachineRecord } from './index/machine-record.ts'
import { installKey } from './install-key.ts'
import { installPack } from './install-pack.ts'
import { TestConnection, TestMachine } from './machine.fixture.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

/** The same catalog, in which leases are renewed at another interval. */
const changed = {
  ...vendor.catalog,
  products: vendor.catalog.products.map((product) => ({
    ...product,
    policy: { ...product.policy, renewalIntervalSeconds: minutes(1_440) },
  })),
}

async function intervalFor(connection: TestConnection, name: string): Promise<number> {
  connection.send(new TestMachine(name).request(vendor.desktop, start).message)
  const answer = await connection.next()
  if (answer?.kind !== 'grant') throw new Error(`no grant, but ${answer?.kind ?? 'nothing'}`)
  return parseGrant(answer.entry).renewalMinutes
}

describe('a host that runs', () => {
  it('takes a new pack without dropping a connection or a request, and serves by it', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const [open, ...busy] = await Promise.all(Array.from({ length: 8 }, () => TestConnection.open(host.address)))
    if (open === undefined) throw new Error('no connection')
    expect(await intervalFor(open, 'before')).toBe(10_080)
    const meanwhile = busy.map(async (connection, at) => {
      for (let round = 0; round < 10; round += 1) await intervalFor(connection, `machine ${at}.${round}`)
    })
    expect(await installPack(dir, vendor.pack(2, changed), { now: start })).toMatchObject({ number: 2 })
    expect(await intervalFor(open, 'after')).toBe(1_440)
    await Promise.all(meanwhile)
    expect(host.status().machines).toBe(72)
    for (const connection of [open, ...busy]) connection.close()
  })

  it('takes no pack that is older or another vendor’s root, and serves on by the one it has', async () => {
    const dir = await makeActivatedHost(vendor)
    await installPack(dir, vendor.pack(3, changed), { now: start })
    const host = await serve(dir)
    const codes = [vendor.pack(2), makeVendor({ threshold: 1 }).pack(4), new Uint8Array(3)].map((pack) =>
      installPack(dir, pack, { now: start }).catch((error: unknown) =>
        error instanceof ActivationError ? error.code : error,
      ),
    )
    expect(await Promise.all(codes)).toEqual(['PACK_OLDER', 'ROOT_CHANGED', 'MALFORMED'])
    const connection = await TestConnection.open(host.address)
    expect(await intervalFor(connection, 'a')).toBe(1_440)
    connection.close()
  })

  it('shows the names of a new pack in its lists at once, without a restart', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const connection = await TestConnection.open(host.address)
    await intervalFor(connection, 'a')
    const named = {
      ...vendor.catalog,
      products: vendor.catalog.products.map((one) => ({ ...one, name: `New ${one.name}` })),
    }
    const names = async (): Promise<readonly unknown[]> => {
      const found: unknown[] = []
      const onPage = (page: readonly MachineRecord[]): void => void found.push(...page.map(({ product }) => product))
      await listMachines(dir, { now: () => start, filter: {}, onPage })
      return found
    }
    const before = await names()
    await installPack(dir, vendor.pack(2, named), { now: start })
    expect(await names()).not.toEqual(before)
    connection.close()
  })

  it('takes a host key', async () => {
    const dir = await makeActivatedHost(vendor)
    await serve(dir)
    expect(await installKey(dir, vendor.hostKey)).toMatchObject({ vendor: 'example' })
    await expect(installKey(dir, vendor.setupKey)).rejects.toMatchObject({ code: 'KEY_INVALID' })
  })
})
