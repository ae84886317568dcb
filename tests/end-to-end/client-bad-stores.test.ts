import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type RunningAgent, startAgent } from '@volact/agent/start-agent'
import type { DriverOptions } from '@volact/client/driver/surroundings'
import { type Client, openClientWith } from '@volact/client/open-client'
import { noPolicyPlace } from '@volact/client/policy/policy-place'
import { addVendor } from '@volact/client/vendors/add-vendor'
import { embeddedVendors } from '@volact/client/vendors/embedded-vendors'
import { folderVendors } from '@volact/client/vendors/vendor-place'
import { days, type Duration, type Instant, minutes } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { command, succeed } from './command.fixture.ts'
import { type Estate, newMachine, startEstate } from './discovery.fixture.ts'
import { newHardware } from './laws-hardware.fixture.ts'
import { Pauses } from './laws-pauses.fixture.ts'
import { lawVendor } from './laws-vendor.fixture.ts'
import { World } from './laws-world.fixture.ts'

const setupKey = 'GPHF4-H67V2-CT96X-2R43F-V28FX'

let estate: Estate

beforeAll(async () => {
  estate = await startEstate()
})

afterAll(async () => {
  await estate.close()
})

/** A machine that is licensed, and has a host set. */
async function licensedMachine(): Promise<string> {
  const dir = await newMachine(estate)
  await succeed('client', 'host', 'set', estate.address, '--dir', dir)
  await succeed('client', 'activate', '--dir', dir)
  return dir
}

/** Names and bytes of all files of a folder but those of locks. */
function contentOf(dir: string): ReadonlyMap<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.split(sep).includes('lock'),
  )
  const files = names.filter((name) => statSync(join(dir, name)).isFile())
  return new Map(files.map((name) => [name, readFileSync(join(dir, name), 'base64')]))
}

interface Shown {
  readonly state: string
  readonly reason?: string
  readonly machineId: string
  readonly notes: readonly string[]
}

async function statusOf(dir: string): Promise<Shown> {
  return JSON.parse(await succeed('client', 'status', '--dir', dir, '--json')) as Shown
}

describe('a store of zeros', () => {
  it('opens, says of each file what was lost, and is licensed again by vendor, key and activation', async () => {
    const dir = await licensedMachine()
    const before = await statusOf(dir)
    for (const name of contentOf(dir).keys()) {
      const path = join(dir, name)
      writeFileSync(path, new Uint8Array(statSync(path).size))
    }
    const shown = await statusOf(dir)
    expect(shown).toMatchObject({ state: 'unlicensed', reason: 'NO_PRODUCT_KEY' })
    expect(shown.machineId).not.toBe(before.machineId)
    const notes = shown.notes.join('\n')
    for (const name of ['client.json', 'memory.json', 'hosts.json', 'device.key', 'volact.json', '.lease', '.cose']) {
      expect(notes).toContain(name)
    }
    // Which root was pinned is for a person to say (rule 48).
    const add = ['client', 'vendor', 'add', estate.pack, '--dir', dir]
    const { status, stderr } = await command(...add)
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(/root\.pem is damaged.*delete .*FOLDER_DAMAGED/) as string,
    ])
    rmSync(join(dir, 'vendors'), { recursive: true })
    await succeed(...add)
    await succeed('client', 'key', 'install', setupKey, '--dir', dir)
    await succeed('client', 'activate', '--host', estate.address, '--dir', dir)
    expect(await statusOf(dir)).toMatchObject({ state: 'licensed', machineId: shown.machineId })
  })
})

const commands: readonly string[] = [
  'status',
  `key install ${setupKey}`,
  'key remove',
  'activate --host 127.0.0.1:1',
  'release',
  'rearm',
  'generalize',
  'host set 127.0.0.1:1',
  'host clear',
  'host show',
  'host caching off',
  'domain set corp.test',
  'domain clear',
  'lease export -o /dev/null',
  'agent',
]

/** Folders that a client must not touch. */
const folders: readonly (readonly [string, string, () => Promise<string>])[] = [
  ['the folder of a host', 'FOLDER_WRONG_ROLE', hostFolder],
  ['the folder of a host, its label damaged', 'FOLDER_DAMAGED', async () => labeled(await hostFolder(), '')],
  [
    'a store from a newer version',
    'FOLDER_NEWER',
    async () => labeled(await licensedMachine(), '{"role":"client","format":2}'),
  ],
]

async function hostFolder(): Promise<string> {
  const dir = join(temporaryFolder(), 'host')
  await succeed('host', 'init', '--dir', dir)
  await succeed('host', 'pack', 'install', estate.pack, '--dir', dir)
  return dir
}

function labeled(dir: string, label: string): string {
  writeFileSync(join(dir, 'volact.json'), label)
  return dir
}

describe('a command of a client', () => {
  it.each(folders)('is refused by %s, and leaves it as it was', async (_, code, make) => {
    const dir = await make()
    const before = contentOf(dir)
    for (const words of commands) {
      const { status, stderr } = await command('client', ...words.split(' '), '--dir', dir)
      expect([words, status, stderr]).toEqual([words, 4, expect.stringContaining(code)])
      expect(contentOf(dir)).toEqual(before)
    }
  })
})

/** A store with an agent and a product on it, which both renew by themselves. */
async function startBoth(world: World): Promise<{ agent: RunningAgent; product: Client; pauses: readonly Pauses[] }> {
  const { vendor, site } = world
  const dir = join(temporaryFolder(), 'c')
  openFolder(dir, 'client', { create: true })
  addVendor(folderVendors(dir), vendor.pack(1), { now: world.time, root: vendor.root })
  const [now, hardware] = [(): Instant => world.time, newHardware(false)]
  const shared = { dir, now, probe: () => Promise.resolve(hardware), policy: noPolicyPlace }
  const [one, two] = [new Pauses(), new Pauses()]
  const driver = (pauses: Pauses): DriverOptions => ({ wait: pauses.wait, addresses: () => 'the same' })
  const agent = await startAgent({ ...shared, elapsed: now, socket: join(dir, 'a.sock'), driver: driver(one) })
  onTestFinished(() => agent.close())
  const embedded = embeddedVendors([{ roots: [vendor.root.der], policy: vendor.catalog }])
  const product = await openClientWith({ ...shared, monotonic: now }, () => embedded)
  onTestFinished(() => product.close())
  product.setHost(site.proxy.address)
  product.installKey(vendor.setupKeyOf(vendor.desktop))
  product.start(driver(two))
  return { agent, product, pauses: [one, two] }
}

describe('two programs on one store', () => {
  it('that wake in the same second are one machine, and each asks at most once', async () => {
    const world = await World.start(lawVendor())
    onTestFinished(() => world.close())
    // One machine in sixty asks in the very second of its start.
    await world.letOthersAsk()
    const { agent, product, pauses } = await startBoth(world)
    const pass = async (seconds: Duration): Promise<void> => {
      await Promise.all(pauses.map((one) => one.next()))
      world.pass(seconds)
      for (const one of pauses) one.end()
      await Promise.all(pauses.map((one) => one.next()))
    }
    for (let day = 0; day < 28; day += 1) {
      await world.letOthersAsk()
      // Every morning both wake, and each finds out by itself what is due within the next minutes.
      await pass(day === 0 ? 1 : days(1))
      for (let minute = 0; minute < 3; minute += 1) await pass(minutes(1))
      expect(product.license()).toMatchObject({ licensed: true })
    }
    expect(agent.health().products).toMatchObject([{ state: 'licensed' }])
    // A machine that wakes renews once half of the seven days are over: every four days.
    expect(world.requests).toBeGreaterThanOrEqual(7)
    expect(world.requests).toBeLessThanOrEqual(14)
    expect(world.site.host.status()).toMatchObject({ machines: 3, forks: 0, twins: 0 })
  })
})
