import { describe, expect, it } from 'vitest'
import { macosFacts } from './macos-hardware.ts'
import { windowsFacts } from './windows-hardware.ts'

const macos = {
  platform: [
    '+-o J314sAP  <class IOPlatformExpertDevice, id 0x100000227, registered, matched>',
    '    {',
    '      "manufacturer" = <"Apple Inc.">',
    '      "IOPlatformSerialNumber" = "C02XXXXXMD6T"',
    '      "IOPlatformUUID" = "6B2F9C1E-0000-5111-A222-333344445555"',
    '      "model" = <"MacBookPro18,3">',
    '    }',
  ].join('\n'),
  disks: '      "Serial Number" = "0ba01234567890ff"\n      "Model Number" = "APPLE SSD AP0512R"\n',
  kernel: 'machdep.cpu.brand_string: Apple M1 Pro\nhw.memsize: 17179869184\nkern.hv_vmm_present: 0\n',
  network: 'en0: flags=8863<UP> mtu 1500\n\tether a4:83:e7:00:11:22\n',
}

describe('what macOS prints', () => {
  it('is read', () => {
    expect(macosFacts(macos)).toMatchObject({
      ...{ systemUuid: '6B2F9C1E-0000-5111-A222-333344445555', boardSerial: 'C02XXXXXMD6T', virtual: false },
      diskSerial: '0ba01234567890ff',
      components: [
        ...['0ba01234567890ff', 'Apple Inc. MacBookPro18,3', 'Apple M1 Pro', undefined, undefined],
        ...['a4:83:e7:00:11:22', undefined, '16 GiB', undefined, undefined],
      ],
    })
  })

  it('is not needed', () => {
    const facts = macosFacts({ platform: '', disks: '', kernel: '', network: '' })
    expect(facts.components).toEqual(Array<undefined>(10).fill(undefined))
  })

  it('says that the machine is a virtual one', () => {
    expect(macosFacts({ ...macos, kernel: 'kern.hv_vmm_present: 1' }).virtual).toBe(true)
  })
})

describe('what Windows prints', () => {
  it('is read, lists of one included', () => {
    const report = {
      ...{ uuid: ['4C4C4544-0032-4B10-8052-B4C04F4D3732'], board: 'BRD-1', disk: ['S6XN'], maker: ['Maker Inc.'] },
      ...{ model: ['Tower 7'], processor: ['Core 9'], memory: ['17179869184'], network: ['B', 'A'], audio: [''] },
    }
    expect(windowsFacts(JSON.stringify(report))).toMatchObject({
      ...{
        systemUuid: '4C4C4544-0032-4B10-8052-B4C04F4D3732',
        boardSerial: 'BRD-1',
        diskSerial: 'S6XN',
        virtual: false,
      },
      components: [
        ...[
          'S6XN',
          'Maker Inc. Tower 7',
          'Core 9',
          undefined,
          undefined,
          'A B',
          undefined,
          '16 GiB',
          undefined,
          undefined,
        ],
      ],
    })
  })

  it.each(['', 'null', 'garbage', '[1]', '{"uuid":[null,7]}'])('is not needed: %j', (report) => {
    expect(windowsFacts(report).systemUuid).toBeUndefined()
  })

  it('says that the machine is a virtual one by its model, for Windows claims a hypervisor on real ones, too', () => {
    expect(windowsFacts('{"maker":["Microsoft Corporation"],"model":["Virtual Machine"]}').virtual).toBe(true)
    expect(windowsFacts('{"maker":["Microsoft Corporation"],"model":["Surface Pro 9"]}').virtual).toBe(false)
  })
})
