import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { makeActivatedHost, makeHost, serve } from '@volact/host/host.fixture'
import { fileOnly, type LoadedConfig, loadConfig } from '@volact/host/config/load-config'
import { ask, TestMachine } from '@volact/host/machine.fixture'
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
        'Total requests received: 0',
        'Failed requests received: 0',
        'Requests with License Status Unlicensed: 0',
        'Requests with License Status Licensed: 0',
        'Requests with License Status Initial grace period: 0',
        'Requests with License Status License expired or Hardware out of tolerance: 0',
        'Requests with License Status Non-genuine grace period: 0',
        'Requests with License Status Notification: 0',
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

  it('is set as the old command set one, and takes it while it runs', async () => {
    const [account, dir] = [new Account(start), await makeActivatedHost(vendor)]
    const settings = (): LoadedConfig => loadConfig(dir, fileOnly)
    const { address } = await serve(dir, { now: start }, { settings })
    const said = async (...words: readonly string[]): Promise<string> =>
      account.succeed('slmgr', '--dir', dir, ...words)
    expect(await said('/sai', '60')).toBe('Volume activation interval set to 60 minutes successfully.')
    expect(await said('/sri', '1440')).toBe('Volume renewal interval set to 1440 minutes successfully.')
    expect(await said('/cdns')).toBe('DNS publishing disabled')
    expect(await said('/sdns')).toBe('DNS publishing enabled')
    expect(await said('/cpri')).toBe('KMS priority set to Low')
    expect(lines(await said('/dlv'))).toContain('KMS priority: Low')
    // Not taken here, where the test has said where to listen; and not tried on a fixed port.
    expect(await said('/sprt', '1700')).toBe('KMS port set to 1700 successfully.')
    expect(lines(await said('/dlv'))).toContain(`Listening on Port: ${address.replace('127.0.0.1:', '')}`)
    expect(loadConfig(dir, fileOnly).config).toMatchObject({
      ...{ listen: { host: '0.0.0.0', port: 1_700 }, priority: 'low', 'dns.enabled': true },
      ...{ 'intervals.activation': 60, 'intervals.renewal': 1_440 },
    })
    expect(await said('/spri')).toBe('KMS priority set to Normal')
    for (const words of [
      ['/sai', '14'],
      ['/sri', '43201'],
      ['/sri', '20000'],
      ['/sprt', '0'],
      ['/sprt', '65536'],
    ]) {
      expect((await account.run('slmgr', '--dir', dir, ...words)).status).not.toBe(0)
    }
  })

  it('counts the requests by the state of who asks', async () => {
    const [account, dir] = [new Account(start), await makeActivatedHost(vendor)]
    const { address } = await serve(dir)
    const machine = new TestMachine('a')
    await ask(address, machine.request(vendor.desktop, start, { state: 2 }).message)
    await ask(address, machine.request(vendor.newer, start, { state: 5 }).message)
    expect(lines(await account.succeed('slmgr', '--dir', dir, '/dlv'))).toEqual(
      expect.arrayContaining([
        'Total requests received: 2',
        'Failed requests received: 1',
        'Requests with License Status Initial grace period: 1',
        'Requests with License Status Notification: 1',
      ]),
    )
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

  it.each([['/sprt', '1700'], ['/sai', '60'], ['/sri', '1440'], ['/sdns'], ['/cdns'], ['/spri'], ['/cpri']])(
    'can not be set with %s, as it could not be there',
    async (...words) => {
      const [account, dir] = [new Account(start), await makeHost(vendor)]
      const { status, stdout } = await account.run('slmgr', '--dir', dir, ...words)
      expect(status).not.toBe(0)
      expect(stdout).toMatch(
        /^Error: 0xC004F041 Warning: .* can only be set on a KMS machine that is also activated\.$/m,
      )
    },
  )

  it('is not set up at all where there is no folder', async () => {
    const { status, stderr } = await new Account(start).run('slmgr', '/sai', '60')
    expect(status).toBe(4)
    expect(stderr).toContain('FOLDER_MISSING')
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
