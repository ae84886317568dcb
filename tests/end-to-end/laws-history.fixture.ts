import { expect } from 'vitest'
import { inspectMemory } from '@volact/client/folder/license-memory'
import type { RearmLevel } from '@volact/core/licensing/license-record'
import { days, type Duration, type Instant } from '@volact/core/time'
import { attempt, follow, heal, unlessRefused } from './laws-attempt.fixture.ts'
import { checkLaws, checkSafety } from './laws-check.fixture.ts'
import { allPlaces, newHardware, withNewParts } from './laws-hardware.fixture.ts'
import { LawMachine } from './laws-machine.fixture.ts'
import { becomeOther, type Model } from './laws-model.fixture.ts'
import type { ClockFault, Edition, Happening, History, Step } from './laws-steps.fixture.ts'
import type { LawVendor } from './laws-vendor.fixture.ts'
import { World } from './laws-world.fixture.ts'

/** The most machines in one history. */
const mostMachines = 3

/** Lives through a history, and checks the laws after everything that happens, on every machine. */
export async function liveThrough(
  vendor: LawVendor,
  { beginsLicensed, isVirtual, clock, products, happenings }: History,
): Promise<void> {
  const world = await World.start(vendor)
  const offset = offsetOf(clock, world.time)
  const ids = products.map((edition) => vendor[edition])
  const machines = [await LawMachine.make(world, newHardware(isVirtual), offset, ids)]
  try {
    if (beginsLicensed) for (const machine of machines) await heal(machine, 'itself')
    for (const [index, happening] of happenings.entries()) {
      try {
        await takeStep(machines, happening, isVirtual)
      } catch (cause) {
        throw new Error(`step ${String(index)}: ${JSON.stringify(happening)}`, { cause })
      }
    }
    for (const machine of machines) await heal(machine, 'hand')
    machines.forEach(checkLaws)
    // A snapshot that is put back may show a branch that lives; nothing else may (rule 18).
    if (!happenings.some(({ step }) => step.kind === 'restore')) expect(world.site.host.status().twins).toBe(0)
  } finally {
    for (const machine of machines) await machine.close()
    await world.close()
  }
}

async function takeStep(machines: LawMachine[], { step, whose }: Happening, isVirtual: boolean): Promise<void> {
  const machine = chosen(machines, whose)
  if (machine === undefined) return
  if (step.kind === 'copy' && machines.length < mostMachines)
    machines.push(await machine.copyTo(newHardware(isVirtual)))
  else await happen(machine, step)
  machines.forEach(checkLaws)
}

async function happen(machine: LawMachine, step: Step): Promise<void> {
  const { world, model, client, hardware } = machine
  switch (step.kind) {
    case 'wait':
      return follow(machine, () => machine.pass(step.seconds, step.how))
    case 'live':
      return follow(machine, () => machine.live(step.seconds))
    case 'clock':
      machine.offset = offsetOf(step.fault, world.time)
      return
    case 'network':
      world.setNetwork(step.network)
      return
    case 'host-restarts':
      return world.site.restart()
    case 'others':
      world.othersAreThere = step.areThere
      // Who is gone counts for another month.
      return follow(machine, () => machine.pass(step.areThere ? 0 : days(31), 'asleep'))
    case 'activate':
      return withProduct(machine, step.which, (id) => attempt(machine, id))
    case 'install':
      install(machine, step.what)
      return
    case 'remove-key':
      return withProduct(machine, step.which, (id) => {
        client.removeKey(id)
        model.installed.delete(id)
        loseLease(model, id)
      })
    case 'release':
      return withProduct(machine, step.which, async (id) => {
        if ((await unlessRefused(() => client.release(id))) !== undefined) loseLease(model, id)
      })
    case 'rearm':
      return withProduct(machine, step.which, (id) => rearm(machine, step.level, id))
    case 'new-part':
      machine.hardware = withNewParts(hardware, [step.place])
      return
    case 'new-board':
      machine.hardware = withNewParts(hardware, allPlaces)
      return
    case 'old-hardware':
      machine.hardware = model.sealed ?? hardware
      return
    case 'copy':
      return
    case 'save':
      machine.saveSnapshot()
      return
    case 'restore':
      return machine.restore()
    case 'reopen':
      return machine.open()
    case 'generalize':
      client.generalize()
      checkSafety(machine)
      becomeOther(model, hardware)
      return machine.open()
    case 'damage':
      return damage(machine, step.files, step.how)
    case 'heal':
      return heal(machine, step.by)
  }
}

function install(machine: LawMachine, what: Edition): void {
  const {
    model,
    world: { vendor },
  } = machine
  const editions: readonly string[] = what === 'server' ? [] : [vendor.desktop, vendor.professional]
  const replaced = editions.filter((id) => id !== vendor[what] && model.installed.has(id))
  machine.installKey(vendor[what])
  for (const id of replaced) {
    model.installed.delete(id)
    loseLease(model, id)
  }
}

/** Below the level of the machine a lease goes on that keeps its product licensed; all products here are of one application. */
async function rearm({ client, model, hardware }: LawMachine, level: RearmLevel, id: string): Promise<void> {
  const products = level === 'product' ? [id] : [...model.installed]
  const unlicensed = products.filter((one) => client.status(one).state !== 'licensed')
  const options = level === 'machine' ? { level } : { level, product: id }
  if ((await unlessRefused(() => client.rearm(options))) === undefined) return
  if (level === 'machine') becomeOther(model, hardware)
  else for (const one of unlicensed) loseLease(model, one)
}

async function damage(machine: LawMachine, places: readonly number[], how: 'zeroed' | 'cut'): Promise<void> {
  const { model, hardware } = machine
  const stored = machine.storedFiles()
  const names = new Set(places.flatMap((place) => stored[place % stored.length] ?? []))
  const remembered = keysIn(machine, names)
  for (const name of names) machine.damage(name, how)
  checkSafety(machine)
  for (const id of model.held.keys()) if (names.has(`licenses/${id}.lease`)) model.held.delete(id)
  if (names.has('memory.json')) model.out.clear()
  if (names.has('client.json')) model.installed = new Set([...model.installed].filter((id) => remembered.has(id)))
  if (names.has('seal')) model.sealed = undefined
  if (names.has('device.key')) becomeOther(model, hardware)
  await machine.open()
}

/** The keys that are known without the list of them: those whose grace has begun, which it does not by a clock that was never set. */
function keysIn({ files }: LawMachine, damaged: ReadonlySet<string>): ReadonlySet<string> {
  const memory = inspectMemory(files)
  if (memory.kind !== 'read' || damaged.has('memory.json')) return new Set()
  return new Set([...memory.value.licenses].filter(([, { record }]) => record.key !== 'none').map(([id]) => id))
}

function loseLease({ held, out }: Model, id: string): void {
  held.delete(id)
  out.delete(id)
}

async function withProduct(machine: LawMachine, which: number, run: (id: string) => unknown): Promise<void> {
  const id = chosen([...machine.model.installed], which)
  if (id !== undefined) await run(id)
}

function chosen<T>(list: readonly T[], which: number): T | undefined {
  return list[which % list.length]
}

function offsetOf(fault: ClockFault, time: Instant): Duration {
  if (fault === '1970') return 86_400 - time
  return fault === '2106' ? 4_293_000_000 - time : fault
}
