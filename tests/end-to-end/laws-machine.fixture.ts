import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { HardwareFacts } from '@volact/client/hardware/hardware-facts'
import { clientFiles, type ClientFiles } from '@volact/client/folder/client-files'
import { type Client, openClientWith } from '@volact/client/open-client'
import { noPolicyPlace } from '@volact/client/policy/policy-place'
import { embeddedVendors } from '@volact/client/vendors/embedded-vendors'
import type { TransportLimits } from '@volact/client/transport'
import type { Duration, Instant } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { judge, type Model, newModel } from './laws-model.fixture.ts'
import { Pauses } from './laws-pauses.fixture.ts'
import type { World } from './laws-world.fixture.ts'
import { copyFolder } from './twins.fixture.ts'

/** A picture of a folder, and of what must hold in it. */
interface Snapshot {
  readonly dir: string
  readonly model: Model
}

/** A machine with a folder, hardware and a clock of its own, on which one program runs. */
export class LawMachine {
  readonly world: World
  readonly dir: string
  readonly files: ClientFiles
  hardware: HardwareFacts
  /** How far its clock is from the true time. */
  offset: Duration = 0
  model: Model
  snapshot: Snapshot | undefined
  /** Where its program waits less long than usual. */
  limits: TransportLimits | undefined
  #run = 0
  #client: Client | undefined
  #pauses: Pauses | undefined

  private constructor(world: World, dir: string, hardware: HardwareFacts, model: Model) {
    this.world = world
    this.dir = dir
    this.files = clientFiles(dir)
    this.hardware = hardware
    this.model = model
  }

  /** A machine with the keys of products. */
  static async make(
    world: World,
    hardware: HardwareFacts,
    offset: Duration,
    products: readonly string[],
  ): Promise<LawMachine> {
    const machine = new LawMachine(world, join(temporaryFolder(), 'client'), hardware, newModel(hardware))
    machine.offset = offset
    await machine.open()
    for (const id of products) machine.installKey(id)
    return machine
  }

  /** Another machine, with all that is in this folder. */
  async copyTo(hardware: HardwareFacts): Promise<LawMachine> {
    const { dir, model } = this.#save()
    const copy = new LawMachine(this.world, dir, hardware, model)
    copy.offset = this.offset
    await copy.open()
    return copy
  }

  get now(): Instant {
    return this.world.time + this.offset
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('the program does not run')
    return this.#client
  }

  /** Ends the program that runs, and starts another one. */
  async open(): Promise<void> {
    await this.close()
    const { vendor } = this.world
    const embedded = embeddedVendors([{ roots: [vendor.root.der], policy: vendor.catalog }])
    const surroundings = {
      ...{ dir: this.dir, now: () => this.now, monotonic: () => this.#run, policy: noPolicyPlace },
      probe: () => Promise.resolve(this.hardware),
      ...(this.limits && { limits: this.limits }),
    }
    this.#client = await openClientWith(surroundings, () => embedded)
    judge(this.model, this.hardware)
    if (this.#client.hostSettings().machine.host === undefined) this.#client.setHost(this.world.site.proxy.address)
  }

  async close(): Promise<void> {
    await this.#client?.close()
    this.#client = undefined
    this.#pauses = undefined
  }

  installKey(id: string): void {
    this.client.installKey(this.world.vendor.setupKeyOf(id))
    this.model.installed.add(id)
  }

  /** Time goes on for everybody, and this machine is awake or asleep meanwhile. */
  async pass(seconds: Duration, how: 'awake' | 'asleep'): Promise<void> {
    const passed = this.world.pass(seconds)
    if (how === 'awake') this.#run += passed
    this.#pauses?.end()
    await this.#pauses?.next()
  }

  /** The program runs by itself for so long. */
  async live(seconds: Duration): Promise<void> {
    if (this.#pauses === undefined) {
      this.#pauses = new Pauses()
      this.client.start({ wait: this.#pauses.wait, addresses: () => 'the same' })
    }
    for (let left = seconds; left > 0;) {
      const step = Math.min(left, await this.#pauses.next())
      left -= step
      await this.pass(step, 'awake')
    }
  }

  saveSnapshot(): void {
    this.snapshot = this.#save()
  }

  /** Puts the folder back as it was. */
  async restore(): Promise<void> {
    if (this.snapshot === undefined) return
    await this.close()
    rmSync(this.dir, { recursive: true })
    copyFolder(this.snapshot.dir, this.dir)
    this.model = structuredClone(this.snapshot.model)
    await this.open()
  }

  /** Names of the files in the folder, but those of locks. */
  storedFiles(): readonly string[] {
    const names = readdirSync(this.dir, { recursive: true, encoding: 'utf8' })
    return names.filter((name) => !name.split(sep).includes('lock') && statSync(join(this.dir, name)).isFile())
  }

  /** Something has happened to the disk. */
  damage(name: string, how: 'zeroed' | 'cut'): void {
    const path = join(this.dir, name)
    const bytes = readFileSync(path)
    writeFileSync(path, how === 'zeroed' ? new Uint8Array(bytes.length) : bytes.subarray(0, bytes.length / 2))
  }

  #save(): Snapshot {
    const dir = join(temporaryFolder(), 'copy')
    copyFolder(this.dir, dir)
    return { dir, model: structuredClone(this.model) }
  }
}
