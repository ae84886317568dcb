import { isIPv6 } from 'node:net'
import { encodeCheckpointText } from '@volact/core/wire/checkpoint-text'
import { srvNames } from '@volact/core/wire/srv-names'
import { isWithin } from '@volact/dns/name'
import { srvText, type TextRecord } from '@volact/dns/text-record'
import type { DnsVendor } from './dns-vendor.ts'
import type { ZoneMemory } from './memory.ts'
import type { ZoneEntry } from './zone-entry.ts'

/** What of a host stands in DNS. */
export interface HostFacts {
  readonly port: number
  /** IDs of the vendors that it is activated with. */
  readonly vendors: readonly string[]
  /** Its own addresses. */
  readonly addresses: readonly string[]
}

/** Says which SRV and address records are to be in a zone; none for a host that serves nobody. */
export function wantedRecords({ id, settings, target }: ZoneEntry, facts: HostFacts): readonly TextRecord[] {
  const { ttl, priority, weight, zone } = settings
  const text = srvText({ priority, weight, port: facts.port, target })
  const names = new Set(facts.vendors.flatMap((vendor) => srvNames({ zone: id, vendor })))
  const hosts = [...names].map((name): TextRecord => ({ name, type: 'SRV', ttl, text }))
  if (hosts.length === 0 || !isWithin(target, zone)) return hosts
  return [...hosts, ...addressesOf(settings.addresses, facts).map((address) => addressRecord(target, ttl, address))]
}

/**
 * Gives the signed checkpoint of each vendor's ledger as the record beside its SRV record (rule 29). A host that was rolled back
 * leaves the one that stands there: it is the witness. While a zone fails, the last one is sent again and again: each that was sent may
 * have arrived, and has to be remembered.
 */
export function checkpointRecords(
  { id, settings: { ttl } }: ZoneEntry,
  vendors: readonly DnsVendor[],
  { published, failure }: Pick<ZoneMemory, 'published' | 'failure'>,
): readonly TextRecord[] {
  return vendors.flatMap((vendor): readonly TextRecord[] => {
    const name = checkpointName(id, vendor.id)
    const there = published.filter(({ type, asked }) => type === 'TXT' && asked === name).map(({ text }) => text)
    const texts = vendor.isHalted ? there : failure === undefined ? [] : there.slice(-1)
    const checkpoint = vendor.isHalted || texts.length > 0 ? undefined : vendor.checkpoint()
    const newest = checkpoint === undefined ? [] : [encodeCheckpointText(checkpoint)]
    return [...texts, ...newest].map((text) => ({ name, type: 'TXT', ttl, text }))
  })
}

/** Where the checkpoint of a vendor's ledger stands. */
export function checkpointName(id: string, vendor: string): string {
  const [name = ''] = srvNames({ zone: id, vendor })
  return name
}

function addressesOf(wanted: ZoneEntry['settings']['addresses'], { addresses }: HostFacts): readonly string[] {
  if (wanted === 'none') return []
  return wanted === 'own' ? addresses : wanted
}

function addressRecord(name: string, ttl: number, text: string): TextRecord {
  return {
    name,
    type: isIPv6(text) ? 'AAAA' : 'A',
    ttl,
    text: isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text,
  }
}
