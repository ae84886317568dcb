import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { days } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { catalog, desktopId, honest, opener, setupKey, TestClock, TestVendor } from '../client.fixture.ts'
import { openClient, type ProductClient, type ProductOptions } from '../index.ts'
import { type Client, openClient as openFolder } from '../open-client.ts'
import { startScripted } from '../setting.fixture.ts'

const vendor = new TestVendor()
const host = vendor.host()
const vendors = [{ roots: [vendor.root.der], policy: catalog }]
const serverKey = 'GRJQK-VRRPC-J72F6-4CH3B-GX2CV'

/** Opens as a program does, which brings its setup key along. */
function open(dir: string, { now }: TestClock, more: Partial<ProductOptions> = {}): Promise<ProductClient> {
  return openClient({ vendors, dir, now, setupKey, ...more })
}

/** A folder in which the product is licensed, on this machine or on the made-up one of other tests. */
async function licensed(clock: TestClock, machine: 'this one' | 'another one' = 'this one'): Promise<string> {
  const dir = temporaryFolder()
  const server = await startScripted(honest(host, clock.now))
  const here = (): Promise<Client> => openFolder({ vendors, dir, now: clock.now })
  const client = await (machine === 'this one' ? here : opener(vendor, dir, clock))()
  client.installKey(setupKey)
  client.setHost(server.address)
  await client.activate()
  server.close()
  return dir
}

describe('opening the license store of a product', () => {
  it('takes one call from a fresh machine to the initial grace, without any network', async () => {
    const clock = new TestClock()
    const client = await open(temporaryFolder(), clock)
    expect(client.license()).toMatchObject({
      ...{ licensed: false, state: 'initial-grace', number: 2, product: 'desktop-1', edition: 'Standard' },
      ...{ enforcement: 'notify', expires: clock.time + days(30), reason: 'IN_INITIAL_GRACE', test: false, notes: [] },
      message: expect.stringMatching(/^Desktop 1 is not activated yet and has time for it until \d{4}-/) as string,
    })
  })

  it('leaves a key removed that an administrator has removed, and gives no new grace (rule 37)', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    await open(dir, clock)
    const administrator = await opener(vendor, dir, clock)()
    administrator.removeKey()
    clock.time += days(1)
    const client = await open(dir, clock)
    expect(client.license()).toMatchObject({ state: 'unlicensed', product: 'desktop-1', enforcement: 'limit' })
    client.installKey(setupKey)
    expect(client.license()).toMatchObject({ state: 'initial-grace', expires: clock.time + days(29) })
  })

  it('means its own product where several are installed, whichever came first', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const administrator = await opener(vendor, dir, clock)()
    administrator.installKey(serverKey)
    const client = await open(dir, clock)
    expect(client.license().product).toBe('desktop-1')
    expect(client.license('server-2').product).toBe('server-2')
    expect((await openClient({ vendors, dir, now: clock.now })).license().product).toBe('server-2')
  })

  it.each([
    ['no key', {}, () => undefined, { state: 'unlicensed', reason: 'NO_PRODUCT_KEY', enforcement: 'limit' }],
    [
      'no lease',
      { setupKey },
      (dir: string) => {
        rmSync(join(dir, 'licenses'), { recursive: true })
      },
      { state: 'initial-grace' },
    ],
    ['a lease of zeros', { setupKey }, zeroLease, { licensed: false, notes: [expect.stringContaining('lease')] }],
    ['a store of zeros', { setupKey }, zeroStore, { product: 'desktop-1' }],
    [
      'a lost device key',
      { setupKey },
      (dir: string) => {
        rmSync(join(dir, 'device.key'))
      },
      { licensed: false },
    ],
  ] as const)('neither waits nor throws for %s', async (_, more, spoil, expected) => {
    const clock = new TestClock()
    const dir = 'setupKey' in more ? await licensed(clock) : temporaryFolder()
    spoil(dir)
    const client = await openClient({ vendors, dir, now: clock.now, ...more })
    expect(client.license()).toMatchObject(expected)
  })

  it('neither waits nor throws for a license that ended years ago', async () => {
    const clock = new TestClock()
    const dir = await licensed(clock)
    clock.time += days(900)
    const client = await open(dir, clock)
    expect(client.license()).toMatchObject({ state: 'notification', number: 5, enforcement: 'notify', licensed: false })
  })

  it('neither waits nor throws for the folder of another machine: there it is unlicensed', async () => {
    const clock = new TestClock()
    const [dir, copy] = [await licensed(clock, 'another one'), join(temporaryFolder(), 'copy')]
    const before = (await opener(vendor, dir, clock)()).license()
    cpSync(dir, copy, { recursive: true })
    const client = await open(copy, clock)
    expect(before.licensed).toBe(true)
    expect(client.license().licensed).toBe(false)
    expect(client.license().machineId).not.toBe(before.machineId)
  })

  it('takes its features from the lease, and in grace from its edition', async () => {
    const client = await openClient({ vendors, dir: temporaryFolder(), now: new TestClock().now, setupKey: serverKey })
    expect(client.license().state).toBe('initial-grace')
    expect([client.hasFeature('clustering'), client.hasFeature('flying')]).toEqual([true, false])
  })

  it('throws for a setup key that no vendor of the program has: that is a bug to be found at once', async () => {
    const dir = temporaryFolder()
    await expect(open(dir, new TestClock(), { setupKey: 'GPHF4-H67V2-CT96X-2R43F-V28FX' })).rejects.toThrow(
      'Example Works',
    )
  })
})

describe('a root for tests', () => {
  const forTests = new TestVendor('for tests')
  const program = { vendors: [...vendors, { roots: [forTests.root.der], policy: catalog }] }

  it('is refused, in every build, unless the program says in its code that it takes it (rule 11)', async () => {
    const dir = join(temporaryFolder(), 'client')
    await expect(open(dir, new TestClock(), program)).rejects.toThrow('is a root for tests')
  })

  it('is taken where the program says so, under a banner, and stands in the license (rule 11)', async () => {
    const warning = once(process, 'warning')
    const client = await openClient({
      vendors: [{ roots: [forTests.root.der], policy: catalog }],
      ...{ dir: temporaryFolder(), now: new TestClock().now, setupKey, allowTestRoots: true },
    })
    expect(await warning).toMatchObject([{ message: expect.stringContaining('TEST ROOT') as string }])
    expect(client.license().test).toBe(true)
  })
})

function zeroLease(dir: string): void {
  zero(join(dir, 'licenses', `${desktopId}.lease`))
}

function zeroStore(dir: string): void {
  for (const name of readdirSync(dir).filter((file) => file.endsWith('.json') || file === 'seal')) zero(join(dir, name))
}

function zero(path: string): void {
  writeFileSync(path, new Uint8Array(readFileSync(path).length))
}
