import { describe, expect, it } from 'vitest'
import { type Client, openClient } from '@volact/client/open-client'
import { hours } from '@volact/core/time'
import { command, succeed } from './command.fixture.ts'
import { hardware, Machine, Site } from './twins.fixture.ts'

/** A site that has counted one machine of its own, and the token of a pool that was added to the running host. */
async function siteWithPool(limit: number): Promise<{ site: Site; poolToken: string }> {
  const site = await Site.start()
  expect(await (await Machine.make(site)).ask()).toBe('granted')
  const added = ['host', 'pool', 'add', 'class-room', '--limit', String(limit), '--dir', site.dir, '--json']
  const { token } = JSON.parse(await succeed(...added)) as { readonly token: string }
  return { site, poolToken: token }
}

/** Starts an ephemeral machine, which has no folder of its own. */
async function startPod({ vendor, clock }: Site, poolToken: string): Promise<Client> {
  const now = (): number => clock.time
  const client = await openClient({
    ...{ vendors: [{ roots: [vendor.root.der], policy: vendor.catalog }], now, monotonic: now },
    ...{ probe: () => Promise.resolve(hardware), ephemeral: { poolToken } },
  })
  const [product] = vendor.catalog.products
  client.installKey(product?.setupKey ?? '')
  return client
}

describe('ephemeral machines of a pool (rule 38)', () => {
  it('are licensed for 24 hours with its token, as many at once as it is bound to, and give their places back when they end', async () => {
    const { site, poolToken } = await siteWithPool(2)
    const host = site.host.address
    const pods = [await startPod(site, poolToken), await startPod(site, poolToken)]
    for (const pod of pods) {
      const outcome = await pod.activate({ host })
      expect(outcome).toMatchObject({ outcome: 'activated', expires: site.clock.time + hours(24), count: 1 })
    }
    const late = await startPod(site, poolToken)
    expect(await late.activate({ host })).toMatchObject({ outcome: 'refused', code: 'POOL_FULL' })
    expect(await succeed('host', 'pool', 'list', '--dir', site.dir)).toMatch(/class-room +2 +2 +2/)
    await pods[0]?.close()
    expect(await late.activate({ host })).toMatchObject({ outcome: 'activated' })
    for (const pod of [pods[1], late]) await pod?.close()
    expect(site.host.status()).toMatchObject({ ephemeral: { live: 0, peak: 2 }, applications: [{ count: 1 }] })
    expect(await succeed('host', 'status', '--dir', site.dir)).toContain('0 machines live, 2 at most')
  })

  it('are refused with another token, and once the pool is removed', async () => {
    const { site, poolToken } = await siteWithPool(2)
    const other = await startPod(site, poolToken.replace(/:[^:]*$/, `:${'A'.repeat(43)}`))
    expect(await other.activate({ host: site.host.address })).toMatchObject({ code: 'POOL_TOKEN_INVALID' })
    const pod = await startPod(site, poolToken)
    await succeed('host', 'pool', 'remove', 'class-room', '--dir', site.dir)
    expect(await pod.activate({ host: site.host.address })).toMatchObject({ code: 'POOL_TOKEN_INVALID' })
    for (const client of [other, pod]) await client.close()
  })
})

describe('volact host pool', () => {
  it('says what it does, tells a token once, and refuses what cannot be', async () => {
    const { site, poolToken } = await siteWithPool(2)
    const again = await command('host', 'pool', 'add', 'class-room', '--limit', '3', '--dir', site.dir)
    expect(again).toMatchObject({ status: 0, stdout: 'the pool class-room is bound to 3 live machines\n' })
    expect(again.stderr).toContain('keeps the token')
    expect(poolToken).toMatch(/^volact-pool:class-room:[A-Za-z0-9_-]{43}$/)
    for (const args of [['Room', '--limit', '1'], ['room'], ['room', '--limit', '0'], ['room', '--limit', 'many']]) {
      expect(await command('host', 'pool', 'add', ...args, '--dir', site.dir)).toMatchObject({ status: 2 })
    }
    expect(await command('host', 'pool', 'remove', 'room', '--dir', site.dir)).toMatchObject({ status: 2 })
    expect(await succeed('host', 'pool', 'remove', 'class-room', '--dir', site.dir)).toContain('is removed')
    expect(await succeed('host', 'pool', 'list', '--dir', site.dir)).toBe('there is no pool')
  })
})
