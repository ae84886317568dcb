import type { Instant } from '@volact/core/time'
import { hostFiles } from '../folder/files.ts'
import type { HostEvent } from '../index/host-event.ts'
import type { OpenedVendor } from '../open-host.ts'
import { DnsDesk } from './desk.ts'
import { dnsVendors } from './dns-vendor.ts'
import type { DnsSettings } from './settings.ts'

/** What of a host its DNS desk works with. */
export interface HostDnsOptions {
  readonly dir: string
  readonly settings: DnsSettings
  readonly now: () => Instant
  /** `HOST:PORT`, empty while it does not serve. */
  readonly address: () => string
  readonly vendors: () => readonly OpenedVendor[]
  readonly event: (event: HostEvent) => void
  readonly note: (text: string) => void
}

/** Opens the DNS desk of a host's folder, whose lock is held. */
export function openHostDns({ dir, address, vendors, ...rest }: HostDnsOptions): DnsDesk {
  const port = (): number | undefined => Number(/:(\d+)$/.exec(address())?.[1]) || undefined
  return new DnsDesk({ ...rest, path: hostFiles(dir).dns, port, vendors: () => dnsVendors(vendors()) })
}
