import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { onTestFinished } from 'vitest'
import type { HardwareFacts } from '@volact/client/hardware/hardware-facts'
import { type Client, openClient } from '@volact/client/open-client'
import { ActivationError } from '@volact/core/errors/activation-error'
import { days, hours, type Instant } from '@volact/core/time'
import { makeActivatedHost, serve } from '@volact/host/host.fixture'
import type { RunningHost } from '@volact/host/start-host'
import { makeVendor, start, type TestVendor } from '@volact/host/vendor.fixture'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { Proxy } from './twins-proxy.fixture.ts'

/** Numbers from 0 to 1 that look random, and are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A virtual clock. */
export interface Clock {
  time: Instant
}

/** A host with a network before it. It can be ended at any moment, and goes on with the same folder. */
export class Site {
  readonly vendor: TestVendor
  readonly clock: Clock
  readonly dir: string
  readonly proxy: Proxy
  host: RunningHost

  private constructor(vendor: TestVendor, clock: Clock, dir: string, host: RunningHost, proxy: Proxy) {
    this.vendor = vendor
    this.clock = clock
    this.dir = dir
    this.host = host
    this.proxy = proxy
  }

  static async start(clock: Clock = { time: start }, vendor: TestVendor = newVendor()): Promise<Site> {
    // Products of a family that needs more machines would only be refused.
    const dir = await makeActivatedHost(vendor, { thresholds: new Map([['server', 1]]) })
    const host = await serveAt(dir, clock)
    const proxy = await Proxy.start(host.address)
    onTestFinished(() => {
      proxy.close()
    })
    return new Site(vendor, clock, dir, host, proxy)
  }

  /** The memory of the process is gone, what the ledger has is there. */
  async restart(): Promise<void> {
    await this.host.close()
    this.host = await serveAt(this.dir, this.clock)
    this.proxy.target = this.host.address
  }
}

function newVendor(): TestVendor {
  return makeVendor({ threshold: 1 })
}

function serveAt(dir: string, clock: Clock): Promise<RunningHost> {
  const time = {
    get now(): Instant {
      return clock.time
    },
  }
  return serve(dir, time)
}

/** The hardware of every machine here. */
export const hardware: HardwareFacts = {
  ...{ systemUuid: '4c4c4544-0051-3510-8052-b4c04f4d3133', boardSerial: 'B-2', diskSerial: 'D-2' },
  components: Array.from({ length: 10 }, (_, position) => `part ${String(position)}`),
  ...{ virtual: false, container: false, hostname: 'machine', os: 'linux', addresses: ['192.0.2.2'] },
}

/** How an attempt ended: `lost` is whatever kept the answer from coming. */
export type Attempt = 'granted' | 'refused' | 'lost'

/** A machine: a folder, and a program that is opened on it. All machines here have the same hardware. */
export class Machine {
  readonly dir: string
  readonly #site: Site
  #client: Client | undefined

  constructor(site: Site, dir: string) {
    this.#site = site
    this.dir = dir
  }

  /** A machine with the keys of products, which has never asked. */
  static async make(site: Site, products: readonly string[] = [site.vendor.desktop]): Promise<Machine> {
    const machine = new Machine(site, join(temporaryFolder(), 'machine'))
    const client = await machine.open()
    for (const { activationId, setupKey } of site.vendor.catalog.products) {
      if (products.includes(activationId)) client.installKey(setupKey)
    }
    return machine
  }

  /** The program that runs, started if it does not. */
  async open(): Promise<Client> {
    const { vendor, clock } = this.#site
    const now = (): Instant => clock.time
    const vendors = [{ roots: [vendor.root.der], policy: vendor.catalog }]
    const probe = (): Promise<HardwareFacts> => Promise.resolve(hardware)
    this.#client ??= await openClient({ dir: this.dir, vendors, now, monotonic: now, probe })
    return this.#client
  }

  /** The program ends at any moment: all that stays is the folder. */
  crash(): void {
    this.#client = undefined
  }

  /** Asks once, through the network of a site. */
  async ask(site: Site = this.#site, product: string = site.vendor.desktop): Promise<Attempt> {
    const client = await this.open()
    try {
      const { outcome } = await client.activate({ host: site.proxy.address, product })
      return outcome === 'activated' ? 'granted' : 'refused'
    } catch (error) {
      if (error instanceof ActivationError) return 'lost'
      throw error
    }
  }

  /** Asks up to six times, two hours apart. */
  async askUntilGranted(site: Site = this.#site): Promise<Attempt> {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const outcome = await this.ask(site)
      if (outcome !== 'lost') return outcome
      site.clock.time += hours(2)
    }
    return 'lost'
  }

  async id(): Promise<string> {
    return (await this.open()).status().machineId
  }

  /** A snapshot of the folder. */
  save(): string {
    const to = join(temporaryFolder(), 'snapshot')
    copyFolder(this.dir, to)
    return to
  }

  /** Puts the folder back; programs that run do not survive that. */
  restore(snapshot: string): void {
    this.crash()
    rmSync(this.dir, { recursive: true })
    copyFolder(snapshot, this.dir)
  }

  /** The folder as it is when the program dies after so many of the writes since a snapshot. */
  restorePartly(snapshot: string, writes: number): void {
    const changed = filesOf(this.dir)
      .filter((name) => timeOf(join(this.dir, name)) !== timeOf(join(snapshot, name)))
      .toSorted((a, b) => Number(timeOf(join(this.dir, a)) - timeOf(join(this.dir, b))))
    const after = this.save()
    this.restore(snapshot)
    for (const name of changed.slice(0, writes)) {
      mkdirSync(dirname(join(this.dir, name)), { recursive: true, mode: 0o700 })
      copyFileSync(join(after, name), join(this.dir, name))
    }
  }

  /** Another machine with all that is in this folder. */
  copy(): Machine {
    return new Machine(this.#site, this.save())
  }
}

/** Whoever held a lock when the picture was taken does not hold it in the copy. */
export function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true, filter: (path) => basename(path) !== 'lock' })
}

function filesOf(dir: string): readonly string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => !name.split(sep).includes('lock') && statSync(join(dir, name)).isFile())
}

function timeOf(path: string): bigint {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n
}

/** Seconds of a week, and of the time between two nights. */
export const week: number = days(7)
export const night: number = days(1)
