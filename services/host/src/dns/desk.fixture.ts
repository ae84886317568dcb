import { join } from 'node:path'
import { utf8 } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'
import type { DnsTimes } from '@volact/dns/limits'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import type { HostEvent } from '../index/host-event.ts'
import { DnsDesk } from './desk.ts'
import { noDns, parseDnsSettings } from './settings.ts'

/** A desk with a world that a test sets. */
export interface TestDesk {
  readonly desk: DnsDesk
  readonly path: string
  readonly events: HostEvent[]
  readonly notes: string[]
  /** The checkpoints of DNS that the host was shown. */
  readonly shown: Uint8Array[]
  readonly world: { now: Instant; port: number; size: number; addresses: readonly string[] }
  /** Opens the same folder again, as after a restart. */
  reopen(): TestDesk
}

interface DeskOptions {
  /** What the machine calls itself. */
  readonly name?: string
  /** More of the configuration. */
  readonly more?: object
  readonly path?: string
  readonly world?: TestDesk['world']
  readonly times?: DnsTimes
}

/** Opens a desk in a folder of its own. Its zones are as a configuration has them. */
export function openDesk(
  zones: readonly object[],
  {
    name = 'act1',
    more = {},
    path = join(temporaryFolder(), 'dns.json'),
    world = usualWorld(),
    times = usualTimes,
  }: DeskOptions = {},
): TestDesk {
  const events: HostEvent[] = []
  const notes: string[] = []
  const shown: Uint8Array[] = []
  const checkpoint = (): Uint8Array => utf8(`a checkpoint of ${name} at ${String(world.size)} `.repeat(8))
  const desk = new DnsDesk({
    path,
    settings: parseDnsSettings({ ...noDns, zones, ...more }),
    now: () => world.now,
    port: () => world.port,
    vendors: () => [
      { id: 'harbor', size: world.size, isHalted: false, checkpoint, show: (bytes) => void shown.push(bytes) },
    ],
    event: (event) => void events.push(event),
    note: (text) => void notes.push(text),
    surroundings: () => Promise.resolve({ name, domain: 'corp.test', resolvers: [], addresses: world.addresses }),
    times,
  })
  const reopen = (): TestDesk => openDesk(zones, { name, more, path, world, times })
  return { desk, path, events, notes, shown, world, reopen }
}

const usualTimes = { udp: 150, udpTries: 1, tcp: 500 }

function usualWorld(): TestDesk['world'] {
  return { now: 1_800_000_000, port: 1_688, size: 100, addresses: ['10.1.2.3'] }
}
