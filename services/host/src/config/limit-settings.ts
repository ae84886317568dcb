import type { NetworkLimits } from '../network/limits.ts'
import type { StrangerLimits } from '../strangers/limits.ts'
import type { HostConfig } from './host-config.ts'

/** The limits of the network as they are set. */
export function networkSettings(config: HostConfig): Partial<NetworkLimits> {
  return {
    connections: config['limits.connections'],
    perAddress: config['limits.connections-per-address'],
    newPerSecond: config['limits.new-connections-per-second'],
    firstByte: config['limits.first-byte-seconds'] * 1_000,
    frame: config['limits.frame-seconds'] * 1_000,
    waitingBytes: config['limits.waiting-mb'] * 1_000_000,
  }
}

/** What new identities may have, as it is set. */
export function strangerSettings(config: HostConfig): Partial<StrangerLimits> {
  const perAddressAndDay = config['limits.new-machines-per-address']
  return {
    perSecond: config['limits.new-machines-per-second'],
    perDay: config['limits.new-machines-per-day'],
    ...(perAddressAndDay !== undefined && { perAddressAndDay }),
  }
}
