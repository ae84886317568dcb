import { ActivationError } from '@volact/core/errors/activation-error'
import { parseServer } from '@volact/dns/dns-server'
import { type LocateOptions, lookUp } from '@volact/dns/locate'
import { types } from '@volact/dns/record'
import type { DeskWorld } from './desk-world.ts'
import type { ZoneEntry } from './zone-entry.ts'

/**
 * Says so when the name that the records lead to is known to have no address: the record is right then, and no machine gets
 * anywhere. A server that does not know says nothing.
 */
export async function unreachable(
  { target, settings: { server } }: ZoneEntry,
  world: DeskWorld,
): Promise<readonly string[]> {
  const { now, signal, times, surroundings } = world
  const asking: LocateOptions = {
    ...{ now, signal, resolvers: surroundings.resolvers },
    ...(times && { times }),
    ...(server !== undefined && { server: parseServer(server) }),
  }
  try {
    for (const type of [types.A, types.AAAA, types.CNAME]) {
      if ((await lookUp(target, type, asking)).length > 0) return []
    }
  } catch (error) {
    if (error instanceof ActivationError) return []
    throw error
  }
  return [`${target} has no address in DNS: publish one with --own-addresses or --address, or lead to another --name`]
}
