import { parseCheckpointText } from '@volact/core/wire/checkpoint-text'
import { srvNames } from '@volact/core/wire/srv-names'
import type { DnsClient, DnsLimits } from './dns-client.ts'
import type { Wanted } from './search-zone.ts'

/** One short try: the server has answered just now, and a witness that keeps a machine waiting is worth less than none. */
const patience: DnsLimits = {
  tryMilliseconds: 1_000,
  tries: 1,
  questionMilliseconds: 1_500,
  searchMilliseconds: 1_500,
}

/** The most checkpoints of a name that are looked at: each host of a zone has one. */
const mostCheckpoints = 64

/**
 * Gives the checkpoints that stand beside the SRV records of a zone (rule 29, protocol.md §11.6). Nothing in them is believed, and no
 * failure of DNS is one here.
 */
export async function checkpointsBeside(dns: DnsClient, zone: string, wanted: Wanted): Promise<readonly Uint8Array[]> {
  const asking = dns.within(patience)
  const answers = await Promise.all(namesIn(zone, wanted).map((name) => asking.txt(name)))
  return answers
    .flatMap((answer) => ('found' in answer ? answer.found.slice(0, mostCheckpoints) : []))
    .flatMap((text) => parseCheckpointText(text) ?? [])
}

/** Only the names of a vendor: a ledger is one vendor's. */
function namesIn(zone: string, { vendors, site }: Wanted): readonly string[] {
  const places = site === undefined ? [zone] : [`${site}._sites.${zone}`, zone]
  return vendors.flatMap((vendor) => places.flatMap((place) => srvNames({ zone: place, vendor })[0] ?? []))
}
