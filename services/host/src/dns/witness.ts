import { ActivationError } from '@volact/core/errors/activation-error'
import { parseCheckpointText } from '@volact/core/wire/checkpoint-text'
import { parseTxt } from '@volact/dns/data'
import { parseServer } from '@volact/dns/dns-server'
import { locate, type LocateOptions, lookUp } from '@volact/dns/locate'
import { types } from '@volact/dns/record'
import type { DnsVendor } from './dns-vendor.ts'
import { checkpointName } from './wanted-records.ts'
import type { ZoneEntry } from './zone-entry.ts'

/** The most checkpoints of a vendor that are looked at: each host of a zone has one. */
const mostCheckpoints = 64

/**
 * Looks at the checkpoints that stand in a zone: one of ours that is not in our ledger tells that the folder was rolled back or
 * copied, and ends all granting (rules 26, 29). A DNS server that says nothing is no witness, and no harm.
 */
export async function lookForCheckpoints(
  { id, settings: { server } }: ZoneEntry,
  vendors: readonly DnsVendor[],
  means: Omit<LocateOptions, 'server'>,
): Promise<void> {
  const options: LocateOptions = { ...means, ...(server !== undefined && { server: parseServer(server) }) }
  for (const vendor of vendors) {
    const texts = await textsAt(checkpointName(id, vendor.id), options)
    const checkpoints = texts.flatMap((text) => parseCheckpointText(text) ?? [])
    for (const checkpoint of checkpoints.slice(0, mostCheckpoints)) vendor.show(checkpoint)
  }
}

async function textsAt(name: string, options: LocateOptions): Promise<readonly string[]> {
  try {
    const place = await locate(name, options)
    const found = await lookUp(place.name, types.TXT, { ...options, server: place.server })
    return found.flatMap((data) => parseTxt(data) ?? [])
  } catch (error) {
    if (error instanceof ActivationError) return []
    throw error
  }
}
