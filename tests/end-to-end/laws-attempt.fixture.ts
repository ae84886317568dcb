import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { leaseFile } from '@volact/client/folder/client-files'
import type { ActivationOutcome } from '@volact/client/open-client'
import { parseGrant } from '@volact/core/document/grant'
import { parseLeaseFile } from '@volact/core/document/lease'
import { ActivationError } from '@volact/core/errors/activation-error'
import { hours } from '@volact/core/time'
import { checkGrant } from './laws-check.fixture.ts'
import type { LawMachine } from './laws-machine.fixture.ts'
import { becomeOther, grant, judge } from './laws-model.fixture.ts'

/** How often a machine has to ask at most, when everything around it is right. */
const mostTries = 4

/** Does something that may be refused, and tells what came of it; a bug is not caught. */
export async function unlessRefused<T>(run: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof ActivationError) return undefined
    throw error
  }
}

/** Asks once for a product. */
export async function attempt(machine: LawMachine, id: string): Promise<ActivationOutcome['outcome'] | undefined> {
  const { world, client, model, hardware } = machine
  await world.letOthersAsk()
  const before = client.status().machineId
  const outcome = await unlessRefused(() => client.activate({ product: id }))
  judge(model, hardware)
  noteTwin(machine, before)
  if (outcome?.outcome !== 'activated') return outcome?.outcome
  grant(model, id, { expires: outcome.expires, hardware })
  checkGrant(machine, id)
  return 'activated'
}

/** Lets time pass in which a program that runs by itself may do something, and takes note of what it has done. */
export async function follow(machine: LawMachine, run: () => Promise<void>): Promise<void> {
  const { world, client, model, hardware } = machine
  await world.letOthersAsk()
  const [before, requests] = [client.status().machineId, world.requests]
  const leases = leasesOf(machine)
  await run()
  if (world.requests !== requests) judge(model, hardware)
  noteTwin(machine, before)
  const granted = [...leasesOf(machine)].filter(([id, bytes]) => leases.get(id) !== bytes)
  for (const [id, bytes] of granted) {
    const { expires } = parseGrant(parseLeaseFile(new Uint8Array(Buffer.from(bytes, 'base64'))).entry)
    grant(model, id, { expires, hardware })
  }
  // Whether another product was asked for before or after that is not known.
  if (granted.length > 0 && model.out.size > 0) await machine.open()
}

/** With a key, a right clock, a host and a sufficient count every machine comes back to licensed without a human. */
export async function heal(machine: LawMachine, by: 'hand' | 'itself'): Promise<void> {
  const { world, model } = machine
  machine.offset = 0
  world.setNetwork('good')
  world.othersAreThere = true
  if (model.installed.size === 0) machine.installKey(world.vendor.desktop)
  if (by === 'itself') await follow(machine, () => machine.live(hours(9)))
  else for (const id of model.installed) await askUntilActivated(machine, id)
  for (const id of model.installed) expect(machine.client.status(id).state).toBe('licensed')
}

async function askUntilActivated(machine: LawMachine, id: string): Promise<void> {
  for (let tries = 1; (await attempt(machine, id)) !== 'activated'; tries += 1) {
    expect(tries).toBeLessThan(mostTries)
    await follow(machine, () => machine.pass(hours(2), 'awake'))
  }
}

/** Only a host that has shown a twin makes a machine another one by an answer (rule 18). */
function noteTwin({ client, model, world, hardware }: LawMachine, before: string): void {
  if (client.status().machineId === before || model.ids.at(-1) === undefined) return
  expect(world.site.host.status().twins).toBeGreaterThan(0)
  becomeOther(model, hardware)
}

function leasesOf({ model, files }: LawMachine): ReadonlyMap<string, string> {
  const paths = [...model.installed].map((id) => [id, leaseFile(files, id)] as const)
  return new Map(paths.filter(([, path]) => existsSync(path)).map(([id, path]) => [id, readFileSync(path, 'base64')]))
}
