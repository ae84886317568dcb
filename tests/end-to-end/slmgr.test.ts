import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { command, succeed } from './command.fixture.ts'
import { clone, serve, volact } from './volact.fixture.ts'

const byHand = join(clone, 'examples', 'catalogs', 'by-hand.yaml')
const setupKey = 'GPHF4-H67V2-CT96X-2R43F-V28FX'

interface Vendor {
  readonly dir: string
  readonly authority: string
  readonly pack: string
}

/** Sets up a vendor. */
async function makeVendor(): Promise<Vendor> {
  const dir = temporaryFolder()
  const [authority, pack] = [join(dir, 'authority'), join(dir, 'pack')]
  await succeed('authority', 'init', '--dir', authority)
  await succeed('authority', 'catalog', 'apply', byHand, '--dir', authority)
  await succeed('authority', 'pack', 'export', '-o', pack, '--dir', authority)
  return { dir, authority, pack }
}

/** Sets up an activated host of a vendor. */
async function makeHost({ dir, authority, pack }: Vendor): Promise<string> {
  const host = join(dir, 'host')
  const key = await succeed('authority', 'key', 'issue', '--type', 'host', '--group', 'notes', '--dir', authority)
  await succeed('host', 'init', '--dir', host)
  await succeed('host', 'pack', 'install', pack, '--dir', host)
  await succeed('slmgr', '--dir', host, '/ipk', key)
  const { address } = await serve('authority', 'serve', '--listen', '127.0.0.1:0', '--dir', authority)
  await succeed('host', 'activate', '--authority', address, '--dir', host)
  return host
}

/** Sets up a machine that knows a vendor. */
async function makeMachine({ dir, pack }: Vendor, name: string): Promise<string> {
  const client = join(dir, name)
  await succeed('client', 'vendor', 'add', pack, '--dir', client)
  return client
}

describe('volact slmgr in a whole estate', () => {
  it('activates machines, and shows on them and on the host what administrators look for', async () => {
    const vendor = await makeVendor()
    const host = await makeHost(vendor)
    const { address } = await serve('host', 'serve', '--listen', '127.0.0.1:0', '--dir', host)
    const third = await makeMachine(vendor, 'third')
    const machines = [await makeMachine(vendor, 'first'), await makeMachine(vendor, 'second'), third]
    for (const client of machines) {
      expect(await succeed('slmgr', '--dir', client, '/ipk', setupKey)).toContain('successfully.')
      await succeed('slmgr', '--dir', client, `/skms:${address}`)
    }
    for (const client of machines.filter((client) => client !== third)) {
      const { status, stdout } = await command('slmgr', '--dir', client, '/ato')
      expect({ client, status }).toEqual({ client, status: 10 })
      expect(stdout).toMatch(/^Error: 0xC004F038 .* of the 3 /m)
    }
    expect(await succeed('slmgr', '--dir', third, '/ato')).toMatch(/^Product activated successfully\.$/m)

    const onClient = volact('slmgr', '/dlv', '--dir', third)
    expect(onClient.status).toBe(0)
    expect(onClient.stdout).toMatch(/^ {4}Client Machine ID \(CMID\): [0-9a-f]{64}$/m)
    expect(onClient.stdout).toContain(`\n    Registered KMS machine name: ${address}\n`)
    expect(onClient.stdout).toMatch(/^ {4}Count: 3 /m)
    expect(onClient.stdout).toContain('\n    Activation interval: 120 minutes\n    Renewal interval: 10080 minutes\n')
    expect(onClient.stdout).toMatch(/^Volume activation expiration: 2\d{5} minute\(s\) \(180 day\(s\)\)$/m)

    const onHost = volact('slmgr', '-DLV', '--dir', host)
    expect(onHost.status).toBe(0)
    expect(onHost.stdout).toContain('\nKey Management Service is enabled on this machine\n    Current count: 3\n')
    expect(onHost.stdout).toContain(`\n    Listening on Port: ${address.replace(/^.*:/, '')}\n`)
    const machineId = /CMID\): (\S+)/.exec(onClient.stdout)?.[1]
    expect(await succeed('ospp', '--dir', third, '/dcmid')).toContain(machineId)
    expect(await succeed('ospp', '--dir', third, '/dstatus')).toContain('LICENSE STATUS:  ---LICENSED---')
  })

  it('is the same with - and /, in any case', async () => {
    const client = await makeMachine(await makeVendor(), 'client')
    const hosts: unknown[] = []
    for (const option of ['-skms', '/SKMS']) {
      expect(volact('slmgr', '--dir', client, option, 'host:1688')).toMatchObject({ status: 0, stderr: '' })
      hosts.push((JSON.parse(await succeed('client', 'status', '--dir', client, '--json')) as { host: unknown }).host)
      await succeed('slmgr', '--dir', client, '/ckms')
    }
    expect(hosts).toEqual(['host:1688', 'host:1688'])
  })
})
