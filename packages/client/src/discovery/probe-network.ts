import { hostname as nameOfMachine } from 'node:os'
import { runProgram } from '../hardware/run-program.ts'
import { systemFiles } from '../hardware/system-files.ts'
import { linuxNetwork } from './linux-network.ts'
import { macosNetwork } from './macos-network.ts'
import type { NetworkFacts } from './network-facts.ts'
import { registryProgram } from './registry.ts'
import { tcpipKey, windowsNetwork } from './windows-network.ts'

/** Reads the domains of this machine. Nothing that cannot be read stops it. */
export async function probeNetwork(): Promise<NetworkFacts> {
  const hostname = nameOfMachine()
  if (process.platform === 'win32') {
    const reg = registryProgram(process.env['SystemRoot'])
    return windowsNetwork((await runProgram(reg, ['query', tcpipKey, '/s'])) ?? '', hostname)
  }
  if (process.platform !== 'darwin') return linuxNetwork(systemFiles('/'), hostname)
  const [resolvers, domain] = await Promise.all([
    runProgram('/usr/sbin/scutil', ['--dns']),
    runProgram('/usr/sbin/ipconfig', ['getoption', 'en0', 'domain_name']),
  ])
  return macosNetwork(resolvers ?? '', domain ?? '', hostname)
}
