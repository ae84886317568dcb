import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changed, sampleCatalog, samplePlain } from '@volact/core/catalog/catalog.fixture'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { catalog, honest, opener, setupKey, TestClock, TestVendor } from './client.fixture.ts'
import { startScripted } from './setting.fixture.ts'

const one = new TestVendor()
const two = new TestVendor()
const serverKey = catalog.products[1]?.setupKey ?? ''
const others = {
  ...{ activationId: '1d0e1f0a-0000-4000-8000-00000000000a', slug: 'painter-1', name: 'Painter 1', edition: 'Home' },
  ...{ family: 'desktop', group: 'client', generation: 1, setupKey: 'GQFK8-PKCM9-YFQP3-FFTVF-3KW7Q' },
}
const otherCatalog = sampleCatalog(
  changed(
    changed(changed(samplePlain, ['vendor', 'id'], 'other'), ['families', 0, 'threshold'], 25),
    ['products'],
    [others],
  ),
)

describe('one store for the products of a machine', () => {
  it('keeps two products of one vendor apart, and what one of them does takes nothing from the other', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const server = await startScripted(honest(one.host(), clock.now))
    const [first, second] = [await opener(one, dir, clock)(), await opener(one, dir, clock)()]
    first.installKey(setupKey)
    second.installKey(serverKey)
    await first.activate({ product: 'desktop-1', host: server.address })
    expect(second.status('desktop-1').state).toBe('licensed')
    expect(second.status('server-2')).toMatchObject({ state: 'initial-grace', machineId: first.status().machineId })
    second.removeKey('server-2')
    expect(first.status()).toMatchObject({ state: 'licensed', products: ['desktop-1'] })
  })

  it('serves two vendors, each of whose programs knows its own products only', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const ofOne = opener(one, dir, clock)
    const ofTwo = opener(two, dir, clock, { vendors: [{ roots: [two.root.der], policy: otherCatalog }] })
    const servers = [
      await startScripted(honest(one.host(), clock.now)),
      await startScripted(honest(two.host(), clock.now)),
    ]
    const [first, second] = [await ofOne(), await ofTwo()]
    first.installKey(setupKey)
    second.installKey(others.setupKey)
    await first.activate({ host: servers[0]?.address ?? '' })
    await second.activate({ host: servers[1]?.address ?? '' })
    expect((await ofOne()).status()).toMatchObject({ state: 'licensed', products: ['desktop-1'] })
    expect((await ofTwo()).status()).toMatchObject({ state: 'licensed', products: ['painter-1'], notes: [] })
    // Each vendor sees an anchor of its own (rule 34), and no checkpoint of the other’s ledgers.
    const [a, b] = servers.map(({ requests }) => requests[0]?.request)
    expect(a?.anchor).not.toEqual(b?.anchor)
    expect([a?.checkpoint, b?.checkpoint]).toEqual([undefined, undefined])
  })

  it('loses nothing of the other vendor when one of their programs mends it', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const ofOne = opener(one, dir, clock)
    const ofTwo = opener(two, dir, clock, { vendors: [{ roots: [two.root.der], policy: otherCatalog }] })
    ;(await ofOne()).installKey(setupKey)
    ;(await ofTwo()).installKey(others.setupKey)
    for (const name of ['client.json', 'memory.json']) {
      writeFileSync(join(dir, name), '')
      await ofTwo()
      expect((await ofOne()).status()).toMatchObject({ state: 'initial-grace', products: ['desktop-1'] })
      expect((await ofTwo()).status()).toMatchObject({ state: 'initial-grace', products: ['painter-1'] })
    }
    expect(readFileSync(join(dir, 'client.json'), 'utf8')).toContain('"other"')
  })
})
