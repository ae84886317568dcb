// A program that writes into a client's folder without end, until it is killed (crash.test.ts). What it prints has been confirmed.
import { writeSync } from 'node:fs'
import { changed, sampleCatalog, samplePlain } from '@volact/core/catalog/catalog.fixture'
import type { Catalog } from '@volact/core/catalog/catalog'
import type { Client } from '../client.ts'
import type { HardwareProbe } from '../hardware/hardware-facts.ts'
import { openClient } from '../open-client.ts'

/** What the child is told; nothing of it is secret. */
export interface CrashOrder {
  readonly dir: string
  /** `NAME:PORT`. */
  readonly host: string
  /** Base64 of the root. */
  readonly root: string
  readonly now: number
  readonly seed: number
}

/** A catalog under which a machine can be rearmed all day. */
export const crashCatalog: Catalog = sampleCatalog(
  changed(
    changed(changed(samplePlain, ['families', 0, 'threshold'], 25), ['defaults', 'rearms'], 1_000),
    ['products', 1, 'rearms'],
    1_000,
  ),
)

/** Hardware that is found at once. */
export const crashProbe: HardwareProbe = () =>
  Promise.resolve({
    ...{ systemUuid: '8f0e2d3c-5b6a-4798-8a1b-2c3d4e5f6071', boardSerial: 'BRD-1001', diskSerial: 'DSK-2001' },
    components: ['DSK-2001', 'Maker Board', ...Array<undefined>(8).fill(undefined)],
    ...{ virtual: false, container: false, hostname: 'pc-1', os: 'Linux 6.1', addresses: ['192.0.2.7'] },
  })

const [desktop, server] = crashCatalog.products

async function work({ dir, host, root, now, seed }: CrashOrder): Promise<never> {
  const vendors = [{ roots: [new Uint8Array(Buffer.from(root, 'base64'))], policy: crashCatalog }]
  const client = await openClient({ dir, now: () => now, probe: crashProbe, vendors })
  client.installKey(desktop?.setupKey ?? '')
  say('ready')
  let state = seed
  for (;;) {
    // Numerical Recipes' generator: which step comes next is all that hangs on it.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    await step(client, state >>> 28, host)
  }
}

async function step(client: Client, choice: number, host: string): Promise<void> {
  if (choice < 9) return activate(client, host)
  if (choice < 11) {
    client.setHost(host)
  } else if (choice < 13) {
    client.installKey(server?.setupKey ?? '')
    client.removeKey(server?.slug)
  } else if (choice < 15) {
    await client.rearm({ level: 'product', product: desktop?.slug ?? '' })
  } else {
    say('rearm')
    await client.rearm()
  }
}

async function activate(client: Client, host: string): Promise<void> {
  const outcome = await client.activate({ host, product: desktop?.slug ?? '' })
  if (outcome.outcome === 'activated') say(`granted ${String(outcome.leaseIndex)}`)
}

/** In place, so that what was said has been heard however soon the end comes. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

const [, script, order] = process.argv
if (script?.endsWith('crash.fixture.ts') === true && order !== undefined) await work(JSON.parse(order) as CrashOrder)
