import { describe, expect, it } from 'vitest'
import { hostLine } from './client-information.ts'
import { desktopKey, newMachine, serverKey, startHost, vendor } from './client.fixture.ts'

const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.trim())
const application = vendor.catalog.applications[0]?.id ?? ''

describe('volact slmgr on a machine', () => {
  it('installs a key, activates, and shows the fields that scripts look for', async () => {
    const [machine, { address }] = [await newMachine(), await startHost()]
    expect(await machine.slmgr('/ipk', desktopKey)).toContain(
      `Installed product key ending in ${desktopKey.slice(-5)} successfully.`,
    )
    expect(await machine.slmgr('/skms', address)).toBe(
      `Key Management Service machine name set to ${address} successfully.`,
    )
    const activated = lines(await machine.slmgr('/ato'))
    expect(activated[0]).toBe(`Activating desktop-1, Standard edition (${vendor.desktop}) ...`)
    expect(activated[1]).toBe('Product activated successfully.')
    const shown = await machine.slmgr('/dlv')
    expect(lines(shown)).toEqual(
      expect.arrayContaining([
        'Name: desktop-1, Standard edition',
        'Description: Example desktop-1, VOLUME_KMSCLIENT channel',
        `Activation ID: ${vendor.desktop}`,
        `Application ID: ${application}`,
        'Product Key Channel: Volume:GVLK',
        `Partial Product Key: ${desktopKey.slice(-5)}`,
        'License Status: Licensed',
        'Volume activation expiration: 259200 minute(s) (180 day(s))',
        'Trusted time: 2026-01-01T00:00:00Z',
        'Configured Activation Type: All',
        'Most recent activation information:',
        'Key Management Service client information',
        `Registered KMS machine name: ${address}`,
        'Activation interval: 120 minutes',
        'Renewal interval: 10080 minutes',
        'KMS host caching is enabled',
        'Count: 1 when the license was granted',
        'Threshold: 1',
      ]),
    )
    expect(shown).toMatch(/^Extended PID: [0-9a-f]{64}-\d+$/m)
    expect(shown).toMatch(/^ {4}Client Machine ID \(CMID\): [0-9a-f]{64}$/m)
    expect(shown).toMatch(/^ {4}KMS machine extended PID: [0-9a-f]{64}$/m)
    expect(shown).toMatch(/^Remaining Office rearm count: \d+$/m)
    expect(await machine.slmgr('/xpr')).toBe(
      'desktop-1, Standard edition:\n    Volume activation will expire 2026-06-30T00:00:00Z',
    )
    const short = lines(await machine.slmgr('/dli'))
    expect(short).toContain('License Status: Licensed')
    expect(short).not.toContain(`Activation ID: ${vendor.desktop}`)
  })

  it('activates and shows every product where none is named, and those that are named', async () => {
    const [machine, { address }] = [await newMachine(), await startHost()]
    await machine.slmgr('/ipk', desktopKey)
    await machine.slmgr('/ipk', serverKey)
    await machine.slmgr('/skms', address)
    const activated = await machine.slmgr('/ato')
    expect(activated.match(/^Product activated successfully\.$/gm)).toHaveLength(2)
    const namesIn = (text: string): readonly string[] => lines(text).filter((line) => line.startsWith('Name: '))
    const [desktop, server] = ['Name: desktop-1, Standard edition', 'Name: server-1, Standard edition']
    expect(namesIn(await machine.slmgr('/dlv'))).toEqual([desktop, server])
    expect(namesIn(await machine.slmgr('/dlv:ALL'))).toEqual([desktop, server])
    expect(namesIn(await machine.slmgr('/dli', vendor.server.toUpperCase()))).toEqual([server])
    expect(namesIn(await machine.slmgr('/dli', vendor.server, vendor.desktop))).toEqual([server, desktop])
    expect(await machine.slmgr('/ato', 'server-1')).toContain('server-1, Standard edition')
  })

  it('prints one object with --json, with nothing before it', async () => {
    const [machine, { address }] = [await newMachine(), await startHost()]
    await machine.slmgr('/ipk', desktopKey)
    await machine.slmgr('/skms', address)
    expect(JSON.parse(await machine.slmgr('/ato', '--json'))).toMatchObject({
      activated: [{ product: 'desktop-1', count: 1 }],
    })
    expect(JSON.parse(await machine.slmgr('--json', '-dlv'))).toMatchObject({
      role: 'client',
      products: [{ state: 'licensed', count: 1, activationMinutes: 120, renewalMinutes: 10_080 }],
      hosts: { machine: { host: address } },
    })
  })

  it('says before a key is installed that there is none, and still which machine it is', async () => {
    const shown = await (await newMachine()).slmgr('/dlv')
    expect(shown).toContain('License Status: Unlicensed')
    expect(shown).toMatch(/Client Machine ID \(CMID\): [0-9a-f]{64}/)
  })

  it('tells a host that somebody has set from one that was found in DNS', () => {
    const found = 'kms.corp.test:1688'
    expect(hostLine({ status: { foundHost: found } })).toBe(`KMS machine name from DNS: ${found}`)
    expect(hostLine({ status: { host: found } })).toBe(`Registered KMS machine name: ${found}`)
    expect(hostLine({ status: {} })).toBe('DNS auto-discovery: KMS name not available')
  })

  it('names the number of a failure in the output, where scripts look for it', async () => {
    const machine = await newMachine()
    const { status, stdout } = await machine.run('slmgr', '/ato')
    expect(status).not.toBe(0)
    expect(stdout).toMatch(/^Error: 0xC004F014 /m)
  })

  it('sets and clears host, domain, caching and type of activation, and shows them', async () => {
    const machine = await newMachine()
    await machine.slmgr('/ipk', desktopKey)
    expect(await machine.slmgr('/skms-domain:Corp.Test')).toContain('lookup domain set to corp.test successfully.')
    expect(await machine.slmgr('/ckhc')).toBe('KMS host caching is disabled')
    expect(await machine.slmgr('/act-type', '2')).toBe('Volume activation type set successfully.')
    expect(await machine.slmgr('/skms', 'kms.corp.test', 'desktop-1')).toContain('set to kms.corp.test:1688')
    expect(lines(await machine.slmgr('/dlv'))).toEqual(
      expect.arrayContaining([
        'Registered KMS machine name: kms.corp.test:1688',
        'Registered KMS lookup domain: corp.test',
        'KMS host caching is disabled',
        'Configured Activation Type: KMS',
      ]),
    )
    await machine.slmgr('/ckms', 'desktop-1')
    await machine.slmgr('/ckms-domain')
    expect(await machine.slmgr('/skhc')).toBe('KMS host caching is enabled')
    await machine.slmgr('/act-type')
    expect(lines(await machine.slmgr('/dlv'))).toEqual(
      expect.arrayContaining([
        'DNS auto-discovery: KMS name not available',
        'KMS host caching is enabled',
        'Configured Activation Type: All',
      ]),
    )
  })

  it('takes the host with any prefix, in any case, after colon or space', async () => {
    const machine = await newMachine()
    for (const words of [
      ['-skms', 'host:1688'],
      ['/SKMS', 'host:1688'],
      ['/Skms:host:1688'],
      ['--skms', 'host:1688'],
    ]) {
      await machine.slmgr('/ckms')
      await machine.slmgr(...words)
      expect(JSON.parse(await machine.slmgr('/dlv', '--json'))).toMatchObject({
        hosts: { machine: { host: 'host:1688' } },
      })
    }
  })

  it.each([
    ['/skms', ':1688'],
    ['/skms', 'no host'],
    ['/act-type', '4'],
    ['/act-type', 'any'],
  ])('refuses %s %s', async (...words) => {
    expect(await (await newMachine()).run('slmgr', ...words)).toMatchObject({ status: 2 })
  })

  it('has no smart cards to choose', async () => {
    const { stdout } = await (await newMachine()).run('slmgr', '/act-type', '3')
    expect(stdout).toContain('Error: 0xE0560035 ')
  })

  it('begins graces again: of the machine under a new ID, of an application, of a product', async () => {
    const machine = await newMachine()
    await machine.slmgr('/ipk', desktopKey)
    const idOf = async (): Promise<string | undefined> => /CMID\): ([0-9a-f]+)/.exec(await machine.slmgr('/dlv'))?.[1]
    const before = await idOf()
    expect(await machine.slmgr('/rearm')).toContain('Command completed successfully.')
    expect(await idOf()).not.toBe(before)
    expect(await machine.slmgr('/rearm-app', application.toUpperCase())).toContain('Command completed successfully.')
    expect(await machine.slmgr('/rearm-sku', vendor.desktop)).toContain('Command completed successfully.')
    expect(await machine.run('slmgr', '/rearm')).toMatchObject({
      status: 10,
      stdout: expect.stringMatching(/^Error: 0xC004D307 /) as string,
    })
    expect((await machine.run('slmgr', '/rearm-app', 'another')).stdout).toMatch(/^Error: 0x.*"another"/)
  })

  it('activates what can be activated, and ends with the failure of the other', async () => {
    const [machine, { address }] = [await newMachine(), await startHost({ server: 2 })]
    await machine.slmgr('/ipk', serverKey)
    await machine.slmgr('/ipk', desktopKey)
    await machine.slmgr('/skms', address)
    const { status, stdout } = await machine.run('slmgr', '/ato')
    expect(status).toBe(10)
    expect(stdout.match(/^Product activated successfully\.$/gm)).toHaveLength(1)
    expect(stdout).toMatch(/^Error: 0xC004F038 /m)
    expect(await machine.slmgr('/dli', 'desktop-1')).toContain('License Status: Licensed')
    expect(await machine.slmgr('/dli', 'server-1')).toContain('License Status: Initial grace period')
  })

  it('removes a key, and asks which one where there are several', async () => {
    const several = await newMachine()
    await several.slmgr('/ipk', serverKey)
    await several.slmgr('/ipk', desktopKey)
    expect(await several.run('slmgr', '/upk')).toMatchObject({ status: 2 })
    expect(await several.slmgr('/upk', 'server-1')).toContain('It was the key of server-1.')
    expect(await several.slmgr('/dlv')).not.toContain('server-1')
  })

  it('is unlicensed without a key', async () => {
    const machine = await newMachine()
    await machine.slmgr('/ipk', desktopKey)
    expect(await machine.slmgr('/upk')).toContain('Uninstalled product key successfully.')
    expect(await machine.slmgr('/dlv')).toContain('License Status: Unlicensed')
  })

  it('never repeats a host key that was typed on it', async () => {
    const machine = await newMachine()
    for (const words of [['/ipk', vendor.hostKey], ['/ato', vendor.hostKey], [`/dlv:${vendor.hostKey}`]]) {
      const { status, stdout, stderr } = await machine.run('slmgr', ...words)
      expect(status).not.toBe(0)
      expect(stdout + stderr).not.toContain(vendor.hostKey.slice(0, 11))
    }
  })
})
