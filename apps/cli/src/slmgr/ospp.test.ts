import { describe, expect, it } from 'vitest'
import { desktopKey, newMachine, startHost, vendor } from './client.fixture.ts'

const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.trim())

describe('volact ospp', () => {
  it('installs a key, activates, and shows the fields that scripts look for', async () => {
    const [machine, { address }] = [await newMachine(), await startHost()]
    const lastFive = desktopKey.slice(-5)
    expect(await machine.ospp(`/inpkey:${desktopKey}`)).toContain(`ending in ${lastFive} successfully.`)
    expect(await machine.ospp(`/sethst:${address}`)).toContain(`set to ${address}`)
    expect(await machine.ospp('/act')).toContain('Product activated successfully.')
    const shown = lines(await machine.ospp('/dstatus'))
    expect(shown).toEqual(
      expect.arrayContaining([
        '---Processing--------------------------',
        `SKU ID: ${vendor.desktop}`,
        'LICENSE NAME: desktop-1, Standard edition',
        'LICENSE DESCRIPTION: Example desktop-1, VOLUME_KMSCLIENT channel',
        'LICENSE STATUS:  ---LICENSED---',
        'REMAINING GRACE: 180 days  (259200 minute(s) before expiring)',
        `Last 5 characters of installed product key: ${lastFive}`,
        'Activation Type Configuration: ALL',
        `Registered KMS machine name: ${address}`,
        'Activation Interval: 120 minutes',
        'Renewal Interval: 10080 minutes',
        'KMS host caching: Enabled',
        '---Exiting-----------------------------',
      ]),
    )
    expect(shown.join('\n')).toMatch(/^PRODUCT ID: [0-9a-f]{64}-\d+$/m)
    expect(lines(await machine.ospp('/dstatusall'))).toEqual(shown)
    expect(await machine.ospp('/dcmid')).toMatch(/^Client Machine ID \(CMID\): [0-9a-f]{64}$/)
  })

  it('tells why a product is in grace', async () => {
    const machine = await newMachine()
    expect(await machine.ospp('/dstatus')).toContain('<No installed product keys detected>')
    await machine.ospp('/inpkey', desktopKey)
    const shown = await machine.ospp('-DSTATUS')
    expect(shown).toContain('LICENSE STATUS:  ---OOB_GRACE---')
    expect(shown).toContain('ERROR CODE: 0x')
    expect(shown).toContain('ERROR DESCRIPTION: ')
  })

  it('removes the key that ends in five characters, and no other', async () => {
    const machine = await newMachine()
    await machine.ospp('/inpkey', desktopKey)
    expect((await machine.run('ospp', '/unpkey:AAAAA')).stdout).toMatch(/^Error: 0xC004F014 .*AAAAA/)
    expect(await machine.ospp(`/unpkey:${desktopKey.slice(-5).toLowerCase()}`)).toContain(
      'Uninstalled product key successfully.',
    )
    expect(await machine.ospp('/dstatus')).toContain('<No installed product keys detected>')
  })

  it('sets host and port one after the other, and forgets both', async () => {
    const machine = await newMachine()
    expect(await machine.run('ospp', '/setprt:1700')).toMatchObject({ status: 2 })
    await machine.ospp('/sethst:kms.corp.test')
    expect(await machine.ospp('/setprt:1700')).toContain('kms.corp.test:1700')
    expect(await machine.run('ospp', '/setprt:0')).toMatchObject({ status: 2 })
    expect(await machine.ospp('/remhst')).toContain('cleared successfully')
    expect(await machine.run('ospp', '/setprt:1700')).toMatchObject({ status: 2 })
  })

  it('sets the rest of what slmgr sets', async () => {
    const machine = await newMachine()
    await machine.ospp('/inpkey', desktopKey)
    expect(await machine.ospp('/cachst:FALSE')).toBe('KMS host caching is disabled')
    expect(await machine.ospp('/cachst:true')).toBe('KMS host caching is enabled')
    expect(await machine.run('ospp', '/cachst:perhaps')).toMatchObject({ status: 2 })
    expect(await machine.ospp('/actype:1')).toContain('set successfully')
    expect(await machine.ospp('/skms-domain:corp.test')).toContain('corp.test')
    expect(await machine.ospp('/ckms-domain')).toContain('cleared')
    expect(await machine.ospp('/rearm')).toContain('Command completed successfully.')
    expect(await machine.ospp(`/rearm:${vendor.desktop}`)).toContain('Command completed successfully.')
  })
})
