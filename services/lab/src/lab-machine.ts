import { chmodSync, cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { clientFiles } from '@volact/client/folder/client-files'
import { type Client, embeddedVendors, openClientWith } from '@volact/client/open-client'
import { openFolderClient } from '@volact/client/open-folder-client'
import { noPolicyPlace } from '@volact/client/policy/policy-place'
import { writeSimulatedHardware } from '@volact/client/simulated-hardware'
import { addVendor } from '@volact/client/vendors/add-vendor'
import { folderVendors } from '@volact/client/vendors/vendor-place'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import type { LabVendor } from './estate.ts'
import type { PlannedAsk, PlannedMachine } from './machine-plan.ts'
import type { LabReporter, MachineAnswer } from './reporter.ts'

/** A machine that exists: it has a data folder, a device key, simulated hardware and the setup key of the product. */
export interface LabMachine {
  /** Asks the host once. */
  ask(): Promise<MachineAnswer>
}

/** What all machines are set up with. */
export interface MachineContext {
  /** The folder of their folders. */
  readonly dir: string
  readonly vendor: LabVendor
  /** Address of the host. */
  readonly host: string
  readonly now: () => Instant
  readonly report: LabReporter
  readonly signal: AbortSignal
}

/**
 * Sets up the machines, in the order in which they will ask: as in a real roll-out all from one image, which has the vendor, the setup
 * key and the host's address, but no device key yet.
 */
export async function makeMachines(
  plan: readonly PlannedAsk[],
  context: MachineContext,
): Promise<readonly LabMachine[]> {
  const image = await makeImage(context)
  const machines: LabMachine[] = []
  for (const { machine } of plan) {
    context.signal.throwIfAborted()
    machines.push(await makeMachine(machine, image, context))
    context.report({ kind: 'progress', text: 'machines set up', done: machines.length, total: plan.length })
    await setImmediate() // Writing to disks waits in place: without a pause nobody else would ever be heard.
  }
  rmSync(image, { recursive: true })
  return machines
}

async function makeImage({ dir: parent, vendor, host, now }: MachineContext): Promise<string> {
  const { path: dir } = openFolder(join(parent, 'image'), 'client', { create: true })
  addVendor(folderVendors(dir), vendor.pack, { now: now(), root: vendor.root })
  const client = await openFolderClient({ dir, now, monotonic: now, policy: noPolicyPlace })
  client.installKey(vendor.product.setupKey)
  client.setHost(host)
  client.generalize()
  // Empty by now; a thousand machines need not copy them.
  for (const own of [join(dir, 'lock'), clientFiles(dir).talking]) rmSync(own, { recursive: true })
  return dir
}

async function makeMachine(
  { folder, name, hardware }: PlannedMachine,
  image: string,
  { dir: parent, vendor, now }: MachineContext,
): Promise<LabMachine> {
  const dir = join(parent, folder)
  cpSync(image, dir, { recursive: true })
  chmodSync(dir, 0o700)
  writeSimulatedHardware(dir, hardware)
  const surroundings = { dir, now, monotonic: now, policy: noPolicyPlace }
  const client = await openClientWith(surroundings, () => embeddedVendors([vendor.embedded]))
  return { ask: async () => ({ machine: { folder, name }, ...(await askOnce(client, now)) }) }
}

async function askOnce(client: Client, now: () => Instant): Promise<Omit<MachineAnswer, 'machine'>> {
  const outcome = await client.activate()
  if (outcome.outcome === 'activated') {
    const { count, threshold, expires, leaseIndex } = outcome
    return { time: now(), count, threshold, granted: { expires, index: leaseIndex } }
  }
  const { code, text, count, threshold } = outcome
  if (code !== 'COUNT_INSUFFICIENT' || count === undefined || threshold === undefined)
    throw new ActivationError(code, text)
  return { time: now(), count, threshold }
}
