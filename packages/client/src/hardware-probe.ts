import { hostname, networkInterfaces, release, type } from 'node:os'
import type { HardwareFacts, PlatformFacts } from './hardware/hardware-facts.ts'
import { readLinuxHardware } from './hardware/linux-hardware.ts'
import { readMacosHardware } from './hardware/macos-hardware.ts'
import { readWindowsHardware } from './hardware/windows-hardware.ts'

export type { HardwareFacts, HardwareProbe } from './hardware/hardware-facts.ts'

/** Finds out about the hardware of this machine, as far as this account may see it. Never fails: what is not found is absent. */
export async function probeHardware(): Promise<HardwareFacts> {
  return { ...(await platformFacts()), hostname: hostname(), os: `${type()} ${release()}`, addresses: ownAddresses() }
}

function platformFacts(): PlatformFacts | Promise<PlatformFacts> {
  if (process.platform === 'darwin') return readMacosHardware()
  if (process.platform === 'win32') return readWindowsHardware(process.env['SystemRoot'] ?? 'C:\\Windows')
  return readLinuxHardware()
}

/** Without those that only this machine understands: loopback, and link-local ones, which mean nothing elsewhere. */
function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address)
}
