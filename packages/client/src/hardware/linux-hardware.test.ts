import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anchorOf } from '@volact/core/licensing/anchor'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { probeHardware } from '../hardware-probe.ts'
import { readLinuxHardware } from './linux-hardware.ts'

/** Builds the files of a machine: a text, or a link where the value begins with an arrow. */
function machine(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    if (content.startsWith('→')) symlinkSync(content.slice(1), join(root, path))
    else writeFileSync(join(root, path), content)
  }
  return root
}

const desktop: Readonly<Record<string, string>> = {
  'sys/class/dmi/id/product_uuid': '4C4C4544-0032-4B10-8052-B4C04F4D3732\n',
  'sys/class/dmi/id/board_serial': '/7MKR2M2/CNWS20001\n',
  'sys/class/dmi/id/sys_vendor': 'Maker Inc.\n',
  'sys/class/dmi/id/product_name': 'Tower 7\n',
  'sys/class/dmi/id/bios_vendor': 'Maker Inc.\n',
  'proc/self/mountinfo': [
    '21 1 0:20 / /proc rw - proc proc rw',
    '27 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/root rw',
    '',
  ].join('\n'),
  'sys/dev/block/253:1': '→../../devices/virtual/block/dm-1',
  'sys/devices/virtual/block/dm-1/slaves/nvme0n1p2': '→../../../../pci0/nvme0n1/nvme0n1p2',
  'sys/devices/pci0/nvme0n1/nvme0n1p2/partition': '2\n',
  'sys/devices/pci0/nvme0n1/device/serial': 'S6XNNG0R123456   \n',
  'proc/cpuinfo':
    'processor\t: 0\nvendor_id\t: GenuineMaker\nmodel name\t: Core 9\nflags\t\t: fpu sse\n\nprocessor\t: 1\n',
  'proc/meminfo': 'MemTotal:       16303432 kB\nMemFree: 1 kB\n',
  'sys/bus/pci/devices/0000:00:17.0/class': '0x010601\n',
  'sys/bus/pci/devices/0000:00:17.0/vendor': '0x8086\n',
  'sys/bus/pci/devices/0000:00:17.0/device': '0xa352\n',
  'sys/bus/pci/devices/0000:01:00.0/class': '0x010802\n',
  'sys/bus/pci/devices/0000:01:00.0/vendor': '0x144d\n',
  'sys/bus/pci/devices/0000:01:00.0/device': '0xa808\n',
  'sys/class/net/eth0/address': '00:11:22:33:44:55\n',
  'sys/class/net/eth0/addr_assign_type': '0\n',
  'sys/class/net/eth0/device/vendor': '0x8086\n',
  'sys/class/net/veth0/address': '02:00:00:00:00:01\n',
  'sys/class/net/veth0/addr_assign_type': '3\n',
  'sys/block/sr0/device/model': 'DVD-RW\n',
}

describe('the hardware of a Linux machine', () => {
  it('is read from /sys and /proc: the disk below an encrypted root, built-in cards, sizes in whole gibibytes', () => {
    expect(readLinuxHardware(machine(desktop))).toEqual({
      systemUuid: '4C4C4544-0032-4B10-8052-B4C04F4D3732',
      boardSerial: '/7MKR2M2/CNWS20001',
      diskSerial: 'S6XNNG0R123456',
      components: [
        ...['S6XNNG0R123456', 'Maker Inc. Maker Inc. Tower 7', 'Core 9 GenuineMaker', '8086:a352', '144d:a808'],
        ...['00:11:22:33:44:55', undefined, '16 GiB', undefined, 'DVD-RW'],
      ],
      virtual: false,
      container: false,
    })
  })

  it('is nothing where nothing can be read, and then it is weak', () => {
    const facts = readLinuxHardware(machine({}))
    expect(facts).toEqual({
      ...{ systemUuid: undefined, boardSerial: undefined, diskSerial: undefined, virtual: false, container: false },
      components: Array<undefined>(10).fill(undefined),
    })
    expect(anchorOf({ vendorId: 'example', ...facts, machineId: new Uint8Array(32) }).weak).toBe(true)
  })

  it.each([
    ['the flag of the processor', { 'proc/cpuinfo': 'flags\t\t: fpu hypervisor lahf_lm\n' }, true],
    ['QEMU', { 'sys/class/dmi/id/sys_vendor': 'QEMU\n' }, true],
    ['VMware', { 'sys/class/dmi/id/product_name': 'VMware Virtual Platform\n' }, true],
    ['Hyper-V', { 'sys/class/dmi/id/product_name': 'Virtual Machine\n' }, true],
    ['VirtualBox', { 'sys/class/dmi/id/board_name': 'VirtualBox\n' }, true],
    ['EC2', { 'sys/class/dmi/id/sys_vendor': 'Amazon EC2\n', 'sys/class/dmi/id/product_name': 'm5.large\n' }, true],
    [
      'a whole EC2 machine',
      { 'sys/class/dmi/id/sys_vendor': 'Amazon EC2\n', 'sys/class/dmi/id/product_name': 'm5.metal\n' },
      false,
    ],
    ['a real machine', {}, false],
  ])('tells a virtual machine by its signs: %s', (_, files, virtual) => {
    expect(readLinuxHardware(machine({ ...files })).virtual).toBe(virtual)
  })

  it.each([
    ['/.dockerenv', { '.dockerenv': '' }],
    ['/run/.containerenv', { 'run/.containerenv': '' }],
    ['its control group', { 'proc/1/cgroup': '0::/kubepods.slice/pod1\n' }],
  ])('tells a container by %s', (_, files) => {
    expect(readLinuxHardware(machine({ ...files })).container).toBe(true)
  })

  it.each([
    [
      'a SATA disk, by the last word of its name',
      { device: { wwid: 't10.ATA     MAKER SSD 860      S3Z9NB0K123456X\n' } },
      'S3Z9NB0K123456X',
    ],
    ['a virtual disk', { serial: 'vol-0123456789\n' }, 'vol-0123456789'],
    ['a disk without a number', {}, undefined],
  ])(
    'finds the serial number of %s',
    (_, { device, serial }: { device?: { wwid: string }; serial?: string }, expected) => {
      const root = machine({
        'proc/self/mountinfo': '27 1 8:1 / / rw - ext4 /dev/sda1 rw\n',
        'sys/dev/block/8:1': '→../../devices/sda/sda1',
        'sys/devices/sda/sda1/partition': '1\n',
        ...(device && { 'sys/devices/sda/device/wwid': device.wwid }),
        ...(serial !== undefined && { 'sys/devices/sda/serial': serial }),
      })
      expect(readLinuxHardware(root).diskSerial).toBe(expected)
    },
  )

  it('finds the disk of a file system without a device of its own by its source', () => {
    const root = machine({
      'proc/self/mountinfo': '27 1 0:30 /@ / rw,noatime shared:1 - btrfs /dev/sda2 rw\n',
      'sys/class/block/sda2': '→../../devices/sda/sda2',
      'sys/devices/sda/sda2/partition': '2\n',
      'sys/devices/sda/serial': 'B-77\n',
    })
    expect(readLinuxHardware(root).diskSerial).toBe('B-77')
  })
})

it('this very machine is probed without a failure, twice the same', async () => {
  const [first, second] = [await probeHardware(), await probeHardware()]
  expect(first).toEqual(second)
  expect(first.components).toHaveLength(10)
  expect(first.hostname).not.toBe('')
})
