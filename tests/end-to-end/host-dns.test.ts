import { dirname, join } from 'node:path'
import { makeBindKey, startBind } from '@volact/testkit/bind'
import { freePort } from '@volact/testkit/free-port'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, succeed } from './command.fixture.ts'
import { type Estate, newMachine, startEstate } from './discovery.fixture.ts'
import type { Ended } from './volact.fixture.ts'

const policy = ['name _volact._tcp.corp.test. SRV', 'subdomain _vendors.corp.test. SRV TXT', 'name act1.corp.test. A']
const zones = {
  'corp.test': { statements: `update-policy { ${policy.map((rule) => `grant act1 ${rule};`).join(' ')} };` },
  'shut.test': '',
}
const act1 = ['--name', 'act1.corp.test', '--address', '127.0.0.1']

let estate: Estate
let dir: string

beforeAll(async () => {
  estate = await startEstate()
  dir = join(dirname(estate.pack), 'host')
})
afterAll(() => estate.close())

function dns(...args: readonly string[]): Promise<Ended> {
  return command('host', 'dns', ...args, '--dir', dir)
}

describe('volact host dns', () => {
  it('publishes the running host, so that a machine finds it, and withdraws it', async () => {
    const key = makeBindKey('act1')
    const bind = await startBind(zones, [key])
    const server = ['--zone', 'corp.test', '--server', bind.address, '--key-file', key.file]
    const published = await dns('publish', ...server, ...act1, '--priority', '3')
    expect(published).toMatchObject({ status: 0, stderr: '' })
    expect(published.stdout).toContain(`_volact._tcp.corp.test SRV 3 0 ${estate.port} act1.corp.test\n`)
    const machine = await newMachine(estate)
    const search = ['--domain', 'corp.test', '--dns', bind.address, '--dir', machine]
    expect(await succeed('client', 'activate', ...search)).toContain(`act1.corp.test:${estate.port}`)
    expect((await dns('status')).stdout).toMatch(/corp\.test +published +4 +2\d{3}-.* +2\d{3}-.* +127\.0\.0\.1:/)
    expect(await dns('withdraw', '--zone', 'corp.test')).toMatchObject({ status: 0 })
    expect([bind.dig('SRV', '_volact._tcp.corp.test'), bind.dig('A', 'act1.corp.test')]).toEqual(['', ''])
    expect((await dns('status')).stdout).toBe('this host is published in no zone\n')
    await succeed('client', 'host', 'clear', '--dir', machine)
  })

  it('shows the records for a DNS team, and what it shows is what it would write', async () => {
    const args = ['print', '--zone', 'corp.test', '--name', 'act1.corp.test', '--address', '10.0.0.1']
    expect((await dns(...args)).stdout.split('\n')).toEqual([
      expect.stringMatching(/^_volact\._tcp\.[a-z-]+\._vendors\.corp\.test\. 3600 IN SRV 0 0 \d+ act1\.corp\.test\.$/),
      `_volact._tcp.corp.test. 3600 IN SRV 0 0 ${estate.port} act1.corp.test.`,
      'act1.corp.test. 3600 IN A 10.0.0.1',
      '',
    ])
    expect((await dns(...args, '--format', 'powershell')).stdout).toContain(
      "-ZoneName 'corp.test' -Name '_volact._tcp'",
    )
    expect((await dns(...args, '--format', 'dnscmd')).status).toBe(2)
  })

  it('says why a zone could not be changed, what to do, and leaves with the status of that', async () => {
    const key = makeBindKey('act1')
    const bind = await startBind(zones, [key])
    const to = (zone: string, file = key.file, server = bind.address): Promise<Ended> =>
      dns('publish', '--zone', zone, '--server', server, '--key-file', file, '--name', 'act1.corp.test')
    const wrong = await to('corp.test', makeBindKey('act1').file)
    expect(wrong).toMatchObject({ status: 10, stdout: '' })
    expect(wrong.stderr).toMatch(/corp\.test: .*\(BADSIG\) \(DNS_KEY_WRONG 0x80072338\)\n {2}Copy the key file/)
    expect((await to('corp.test', makeBindKey('act9').file)).stderr).toContain('DNS_KEY_UNKNOWN')
    expect((await to('other.test')).stderr).toContain('DNS_ZONE_MISSING')
    expect((await to('shut.test')).stderr).toContain('DNS_UPDATE_REFUSED')
    expect(await to('corp.test', '/nowhere/x.key')).toMatchObject({ status: 2 })
    expect((await dns('publish', '--zone', 'corp test')).status).toBe(2)
    expect((await dns('publish', '--zone', 'corp.test', '--server', 'ns.corp.test')).status).toBe(2)
    const status = (await dns('status')).stdout
    expect(status).toMatch(/other\.test +failing/)
    expect(status).toContain('other.test: failed at')
    await dns('withdraw')
  })

  it('says that a name server is silent', async () => {
    const args = ['--zone', 'mute.test', '--server', `127.0.0.1:${await freePort()}`, '--name', 'act1.corp.test']
    const silent = await dns('publish', ...args)
    expect(silent.status).toBe(3)
    expect(silent.stderr).toContain('gives no answer, neither by UDP nor by TCP (DNS_SERVER_SILENT')
    await dns('withdraw', '--zone', 'mute.test')
  })
})
