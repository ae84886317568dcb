import { joinParts, listComponents, memorySize, type PlatformFacts } from './hardware-facts.ts'
import { networkCards, opticalDrives, pciDevices } from './linux-devices.ts'
import { linuxDiskSerial } from './linux-disk.ts'
import { type SystemFiles, systemFiles } from './system-files.ts'
import { isVirtualMachine } from './virtual-machine.ts'

/**
 * Reads the hardware of a Linux machine from /sys and /proc; `root` is `/` but in tests. System UUID and board serial are
 * there for root alone, so that other accounts find less, and may be weak (rule 34).
 */
export function readLinuxHardware(root = '/'): PlatformFacts {
  const files = systemFiles(root)
  const dmi = (name: string): string | undefined => files.text(`/sys/class/dmi/id/${name}`)
  const diskSerial = linuxDiskSerial(files)
  const names = ['sys_vendor', 'product_name', 'board_vendor', 'board_name', 'bios_vendor'].map(dmi)
  const processor = cpuInfo(files)
  return {
    systemUuid: dmi('product_uuid'),
    boardSerial: dmi('board_serial') ?? files.text('/proc/device-tree/serial-number'),
    diskSerial,
    components: listComponents({
      disk: diskSerial,
      // Without the version: an update of the firmware is no change of hardware.
      firmware: joinParts(names) ?? files.text('/proc/device-tree/model'),
      processor: processorName(processor),
      ide: pciDevices(files, '0101', '0105', '0106'),
      scsi: pciDevices(files, '0100', '0104', '0107', '0108'),
      network: networkCards(files),
      audio: pciDevices(files, '0401', '0403'),
      memory: memory(files),
      display: pciDevices(files, '03'),
      optical: opticalDrives(files),
    }),
    virtual: isVirtualMachine({ isGuest: / hypervisor\b/.test(processor.get('flags') ?? ''), names }),
    container: isContainer(files),
  }
}

/** The first processor of /proc/cpuinfo: the others are the same, or come and go. */
function cpuInfo(files: SystemFiles): ReadonlyMap<string, string> {
  const [first = ''] = files.text('/proc/cpuinfo')?.split('\n\n') ?? []
  return new Map(
    first.split('\n').map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.trim(), value.join(':')]
    }),
  )
}

/** x86 has a vendor and a model; ARM numbers for who made the core and which it is. */
function processorName(processor: ReadonlyMap<string, string>): string | undefined {
  return joinParts(['vendor_id', 'model name', 'CPU implementer', 'CPU part'].map((name) => processor.get(name)))
}

function memory(files: SystemFiles): string | undefined {
  const [, kibibytes = '0'] = /^MemTotal:\s+(\d{1,12}) kB$/m.exec(files.text('/proc/meminfo') ?? '') ?? []
  return memorySize(Number(kibibytes) * 1_024)
}

function isContainer(files: SystemFiles): boolean {
  const marks = ['/.dockerenv', '/run/.containerenv', '/run/systemd/container']
  const groups = files.text('/proc/1/cgroup') ?? ''
  return marks.some((path) => files.exists(path)) || /docker|kubepods|containerd|libpod|\/lxc[/.]/.test(groups)
}
