import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { makeActivatedHost, makeHost, serve } from '@volact/host/host.fixture'
import { makeVendor, start, type TestVendor } from '@volact/host/vendor.fixture'
import { describe, expect, it } from 'vitest'
import { Account } from './slmgr.fixture.ts'

const vendor: TestVendor = makeVendor()

function lines(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim())
}

describe('volact slmgr on an activated host', () => {
  it('shows the block that scripts read, and what more there is', async () => {
    const [account, dir] = [new Account(start), await makeActivatedHost(vendor)]
    const shown = await account.succeed('slmgr', '--dir', dir, '/dlv')
    expect(lines(shown)).toEqual(
      expect.arrayContaining([
        'Name: Example, activation host',
        'Description: Example, VOLUME_KMS channel',
        'Product Key Channel: Volume:CSVLK',
        `Partial Product Key: ${vendor.hostKey.slice(-5)}`,
        'License Status: Licensed',
        'Volume activation expiration: 1440000 minute(s) (1000 day(s))',
        'Trusted time: 2026-01-01T00:00:00Z',
        'Key Management Service is enabled on this machine',
        'Current count: 0',
        'Listening on Port: none, the host is not running',
        'DNS publishing disabled',
        'KMS priority: Normal',
        'Thresholds: Desktop 3, Server 2',
        'Key Management Service cumulative requests received from clients',
        'Total requests received: not available yet',
        'Failed requests received: not available yet',
        'Requests with License Status Unlicensed: not available yet',
        'Requests with License Status Licensed: not available yet',
        'Requests with License Status Initial grace period: not available yet',
        'Requests with License Status License expired or Hardware out of tolerance: not available yet',
        'Requests with License Status Non-genuine grace period: not available yet',
        'Requests with License Status Notification: not available yet',
        'Customer: Example Customer',
      ]),
    )
    expect(shown).toMatch(/^Extended PID: [0-9a-f]{64}$/m)
    expect(shown).not.toContain(vendor.hostKey)
  })

  it('asks the host that runs, and names its port', async () => {
    const [account, dir] = [new Account(start), await makeActivatedHost(vendor)]
    const { address } = await serve(dir)
    const shown = await account.succeed('slmgr', '--dir', dir, '/dli')
    expect(lines(shown)).toContain(`Listening on Port: ${address.replace('127.0.0.1:', '')}`)
    expect(shown).not.toContain('cumulative')
  })

  it('says when it ends', async () => {
    const [account, dir] = [new Account(start), await makeActivatedHost(vendor)]
    expect(await account.succeed('slmgr', '--dir', dir, '/xpr')).toBe(
      'Example, activation host:\n    Volume activation will expire 2028-09-27T00:00:00Z',
    )
    account.now = start + 1_000 * 86_400
    expect(await account.succeed('slmgr', '--dir', dir, '/xpr')).toContain('    Unlicensed')
    expect(await account.succeed('slmgr', '--dir', dir, '/dlv')).toContain('License Status: Unlicensed')
  })

  it('is spoken for without --dir, except by what only a client can do', async () => {
    const account = new Account(start)
    mkdirSync(join(account.home, '.volact'))
    renameSync(await makeActivatedHost(vendor), account.folder('host'))
    expect(await account.succeed('slmgr', '/dli')).toContain('Current count: 0')
    expect(await account.succeed('slmgr', '/ckms')).toContain('cleared successfully')
  })

  it('is chosen by vendor or application, and All are all', async () => {
    const [account, dir] = [new Account(start), await makeActivatedHost(vendor)]
    const application = vendor.catalog.applications[0]?.id ?? ''
    for (const name of ['example', application.toUpperCase(), 'all']) {
      const { vendors } = JSON.parse(await account.succeed('slmgr', '--dir', dir, '/dlv', name, '--json')) as {
        vendors: readonly unknown[]
      }
      expect(vendors).toMatchObject([{ state: 'licensed', vendor: { id: 'example' } }])
    }
    expect(await account.run('slmgr', '--dir', dir, '/dlv', 'nobody')).toMatchObject({ status: 2 })
  })
})

describe('volact slmgr on a host that is not activated', () => {
  it('never says that the service is enabled', async () => {
    const [account, dir] = [new Account(start), await makeHost(vendor)]
    const shown = await account.succeed('slmgr', '--dir', dir, '/dlv')
    expect(shown).toContain('License Status: Unlicensed')
    expect(shown).toContain('Key Management Service is not activated on this machine: not activated')
    expect(shown).not.toContain('is enabled on this machine')
  })

  it('installs a host key, and shows no more of it than five characters', async () => {
    const [account, dir] = [new Account(start), await makeHost(vendor)]
    const { status, stdout, stderr } = await account.run('slmgr', '--dir', dir, `/IPK:${vendor.hostKey}`)
    expect(status).toBe(0)
    expect(stdout).toContain(`Installed product key ending in ${vendor.hostKey.slice(-5)} successfully.`)
    expect(stdout + stderr).not.toContain(vendor.hostKey.slice(0, 17))
  })

  it('cannot be activated without the address of its authority', async () => {
    const [account, dir] = [new Account(start), await makeHost(vendor)]
    const { status, stdout, stderr } = await account.run('slmgr', '--dir', dir, '/ato')
    expect(status).toBe(2)
    expect(stdout).toMatch(/^Error: 0xE0560022 .*--authority URL/m)
    expect(stderr).toContain('(USAGE 0xE0560022)')
  })
})

describe('what only a client can do', () => {
  it.each([
    ['/skms', 'host:1688'],
    ['/ckms'],
    ['/skms-domain', 'corp.test'],
    ['/ckms-domain'],
    ['/skhc'],
    ['/ckhc'],
    ['/act-type', '2'],
    ['/rearm'],
    ['/rearm-app', 'x'],
    ['/rearm-sku', 'x'],
    ['/upk'],
  ])('is refused by the folder of a host: %s', async (...words) => {
    const [account, dir] = [new Account(start), await makeHost(vendor)]
    const { status, stderr } = await account.run('slmgr', '--dir', dir, ...words)
    expect(stderr).toContain('an option of a client')
    expect(stderr).toContain('(FOLDER_WRONG_ROLE')
    expect(status).toBe(4)
  })
})
