import { describe, expect, it } from 'vitest'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey } from '@volact/core/product-key/product-key'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import type { Client } from './client.ts'
import { changed, sampleCatalog, samplePlain } from '@volact/core/catalog/catalog.fixture'
import { grantTime } from '@volact/core/document/host.fixture'
import { days } from '@volact/core/time'
import { catalog, codeOf, honest, opener, setupKey, TestClock, TestVendor } from './client.fixture.ts'
import { startScripted } from './setting.fixture.ts'

const vendor = new TestVendor()
const random = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)

function open(): Promise<Client> {
  return opener(vendor, temporaryFolder(), new TestClock())()
}

describe('a setup key', () => {
  it('selects its product, typed in any case and with the dashes of a mail program', async () => {
    const client = await open()
    expect(client.installKey(setupKey.toLowerCase().replaceAll('-', ' – '))).toEqual({
      ...{ activationId: '387f2bf7-e4c3-4a6c-a0d2-1fa17468da78', product: 'desktop-1' },
      ...{ name: 'Desktop 1', edition: 'Standard', vendor: 'example', change: 'installed' },
    })
  })

  it('is accepted only by comparison with the catalog (rule 52)', async () => {
    const client = await open()
    const foreign = formatProductKey(issueProductKey({ kind: 'setup', group: 10, serial: 1, random }))
    expect(() => client.installKey(foreign)).toThrow(/no product of Example Works has it/)
    expect(await codeOf(() => client.installKey(foreign))).toBe('KEY_INVALID')
    expect(client.status()).toMatchObject({ state: 'unlicensed', reason: 'NO_PRODUCT_KEY', products: [] })
  })

  it('that is mistyped is told so', async () => {
    const client = await open()
    expect(await codeOf(() => client.installKey(setupKey.replace('G', 'H')))).toBe('KEY_INVALID')
  })

  it('is not a MAK, and not a host key, which is a secret and now exposed', async () => {
    const client = await open()
    const typed = (kind: 'MAK' | 'host'): string =>
      formatProductKey(issueProductKey({ kind, group: 10, serial: 1, random }))
    expect(await codeOf(() => client.installKey(typed('MAK')))).toBe('KEY_INVALID')
    expect(await codeOf(() => client.installKey(typed('host')))).toBe('HOST_KEY_ON_CLIENT')
  })

  it('needs a vendor to be compared with', async () => {
    const client = await opener(vendor, temporaryFolder(), new TestClock(), { vendors: [] })()
    expect(() => client.installKey(setupKey)).toThrow('volact client vendor add')
  })
})

describe('the key of another edition', () => {
  const enterprise = 'GQFK8-PKCM9-YFQP3-FFTVF-3KW7Q'
  const editions = sampleCatalog(
    changed(changed(samplePlain, ['families', 0, 'threshold'], 25), ['products', 1], {
      ...{ activationId: 'd249ba4c-b1b7-40fc-8c3d-c9919a3b9cc2', slug: 'desktop-1-enterprise', name: 'Desktop 1' },
      ...{ edition: 'Enterprise', family: 'desktop', group: 'client', generation: 1, setupKey: enterprise },
    }),
  )

  it('takes the place of the one that is there, ends its license, and goes on with its grace (rule 37)', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const client = await opener(vendor, dir, clock, { vendors: [{ roots: [vendor.root.der], policy: editions }] })()
    const server = await startScripted(honest(vendor.host(), clock.now))
    client.installKey(setupKey)
    await client.activate({ host: server.address })
    clock.time += days(10)
    expect(client.installKey(setupKey)).toMatchObject({ change: 'unchanged' })
    expect(client.status().state).toBe('licensed')
    expect(client.installKey(enterprise)).toMatchObject({
      ...{ product: 'desktop-1-enterprise', edition: 'Enterprise', change: 'edition-changed' },
      replaced: { product: 'desktop-1', edition: 'Standard' },
    })
    expect(client.status()).toMatchObject({
      ...{ state: 'initial-grace', products: ['desktop-1-enterprise'], expires: grantTime + days(30) },
    })
    clock.time += days(1)
    expect(client.installKey(setupKey)).toMatchObject({ change: 'edition-changed' })
    expect(client.status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30) })
  })
})

describe('a key that is removed', () => {
  it('takes the license with it, and brings no new grace when it comes back', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const client = await opener(vendor, dir, clock)()
    const server = await startScripted(honest(vendor.host(), clock.now))
    client.installKey(setupKey)
    await client.activate({ host: server.address })
    expect(client.removeKey()).toMatchObject({ product: 'desktop-1', name: 'Desktop 1' })
    expect(client.status()).toMatchObject({ state: 'unlicensed', number: 0, reason: 'NO_PRODUCT_KEY', key: 'none' })
    expect(await codeOf(() => client.removeKey())).toBe('NO_PRODUCT_KEY')
    clock.time += days(20)
    expect(client.installKey(setupKey)).toMatchObject({ change: 'installed' })
    expect(client.status()).toMatchObject({ state: 'initial-grace', expires: grantTime + days(30), key: 'volume' })
  })
})

describe('several products', () => {
  it('are told apart by name, and one must be named', async () => {
    const client = await open()
    client.installKey(setupKey)
    client.installKey(catalog.products[1]?.setupKey ?? '')
    expect(client.status()).toMatchObject({ product: { slug: 'desktop-1' }, products: ['desktop-1', 'server-2'] })
    expect(client.status('server-2')).toMatchObject({ product: { slug: 'server-2' }, threshold: 5 })
    expect(await codeOf(() => client.activate({ host: '127.0.0.1' }))).toBe('USAGE')
    expect(await codeOf(() => client.exportLease())).toBe('USAGE')
    expect(await codeOf(() => client.exportLease('server-2'))).toBe('NOT_BOUND')
    expect(await codeOf(() => client.status('suite-2'))).toBe('NO_PRODUCT_KEY')
  })

  it('are none at first', async () => {
    const client = await open()
    expect(client.status()).toMatchObject({ state: 'unlicensed', number: 0, protected: true, test: false, notes: [] })
    expect(await codeOf(() => client.activate({ host: '127.0.0.1' }))).toBe('NO_PRODUCT_KEY')
  })

  it('whose policy is gone are noted, and nothing fails', async () => {
    const [dir, clock] = [temporaryFolder(), new TestClock()]
    const client = await opener(vendor, dir, clock)()
    client.installKey(setupKey)
    const without = await opener(vendor, dir, clock, { vendors: [] })()
    expect(without.status()).toMatchObject({ state: 'unlicensed', products: [] })
    expect(without.status().notes.join()).toContain('which nothing here knows')
  })
})
