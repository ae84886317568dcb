import { joinParts, listComponents, memorySize, type PlatformFacts } from './hardware-facts.ts'
import { runProgram } from './run-program.ts'
import { isVirtualMachine } from './virtual-machine.ts'

/** What the programs print that are asked on macOS. */
export interface MacosReports {
  /** `ioreg -rd1 -c IOPlatformExpertDevice` */
  readonly platform: string
  /** `ioreg -rd1 -c IONVMeController` */
  readonly disks: string
  /** `sysctl machdep.cpu.brand_string hw.memsize kern.hv_vmm_present` */
  readonly kernel: string
  /** `ifconfig en0` */
  readonly network: string
}

/** Reads the hardware of a Mac. Tried on recorded output only: untested on macOS itself. */
export async function readMacosHardware(): Promise<PlatformFacts> {
  const [platform = '', disks = '', kernel = '', network = ''] = await Promise.all([
    runProgram('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']),
    runProgram('/usr/sbin/ioreg', ['-rd1', '-c', 'IONVMeController']),
    runProgram('/usr/sbin/sysctl', ['machdep.cpu.brand_string', 'hw.memsize', 'kern.hv_vmm_present']),
    runProgram('/sbin/ifconfig', ['en0']),
  ])
  return macosFacts({ platform, disks, kernel, network })
}

/** Takes the facts out of what the programs have printed. */
export function macosFacts({ platform, disks, kernel, network }: MacosReports): PlatformFacts {
  const diskSerial = property(disks, 'Serial Number')
  const names = [property(platform, 'model'), property(platform, 'manufacturer')]
  return {
    systemUuid: property(platform, 'IOPlatformUUID'),
    boardSerial: property(platform, 'IOPlatformSerialNumber'),
    diskSerial,
    components: listComponents({
      disk: diskSerial,
      firmware: joinParts([...names, property(platform, 'board-id')]),
      processor: setting(kernel, 'machdep.cpu.brand_string'),
      network: /\bether ([0-9a-f:]{17})\b/.exec(network)?.[1],
      memory: memorySize(Number(setting(kernel, 'hw.memsize') ?? 0)),
      ...{ ide: undefined, scsi: undefined, audio: undefined, display: undefined, optical: undefined },
    }),
    virtual: isVirtualMachine({ isGuest: setting(kernel, 'kern.hv_vmm_present') === '1', names }),
    container: false,
  }
}

/** ioreg writes texts as `"name" = "value"`, and texts that are bytes to it as `"name" = <"value">`. */
function property(report: string, name: string): string | undefined {
  return new RegExp(`"${name}" = <?"([^"]*)"`).exec(report)?.[1]?.trim()
}

function setting(report: string, name: string): string | undefined {
  return new RegExp(`^${name.replaceAll('.', '\\.')}: (.*)$`, 'm').exec(report)?.[1]?.trim()
}
