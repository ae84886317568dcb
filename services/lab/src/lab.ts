import { after, hours, type Instant } from '@volact/core/time'
import { askInTurn, type RoundContext } from './ask-in-turn.ts'
import { labFolders, makeHost, makeVendor, serveAuthority, serveHost } from './estate.ts'
import { makeLabFolder } from './lab-folder.ts'
import { type LabMachine, makeMachines } from './lab-machine.ts'
import { type PlannedAsk, planMachines, scheduleLength } from './machine-plan.ts'
import { type LabProduct, readLabProduct } from './reference-catalog.ts'
import type { LabReporter } from './reporter.ts'
import { type LabSummary, summarize } from './summary.ts'
import { VirtualClock } from './virtual-clock.ts'

/** How a lab is run. */
export interface LabOptions {
  readonly machines: number
  /** Fixes names, order, times and hardware; never keys, nonces or salts (rule 53). */
  readonly seed: number
  /** Keeps all data folders there. Without it they lie in a temporary folder that goes with the lab. */
  readonly dir?: string
  /** The real clock. */
  readonly now: () => Instant
  readonly report: LabReporter
  /** Ends the lab before its time; `runLab` then throws the signal's reason. */
  readonly signal: AbortSignal
}

/** A lab whose machines have all asked. Authority and host go on serving until it is closed. */
export interface Lab {
  readonly summary: LabSummary
  /** Absolute. */
  readonly dir: string
  /** Where they listen. */
  readonly authority: string
  readonly host: string
  /** Name of the product that the machines run. */
  readonly product: string
  close(): Promise<void>
}

type Closing = (() => Promise<void>)[]

/** The first round of asking takes no longer than this on the virtual clock. */
const firstRound = hours(1)

/**
 * Runs a whole estate in one process: a vendor with its authority, a host that it activates, and machines that ask the host over TCP.
 * All of it is the real code on real files; only the clock and the machines' hardware are made up. `FILE_EXISTS` for a
 * folder that is not empty.
 */
export async function runLab(options: LabOptions): Promise<Lab> {
  const started = performance.now()
  const sold = readLabProduct()
  const plan = planMachines(options.machines, options.seed, firstRound)
  const folder = makeLabFolder(options.dir, options.machines)
  const closing: Closing = [folder.remove]
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    const built = await build(plan, sold, folder.path, options, closing)
    const seconds = Math.round((performance.now() - started) / 100) / 10
    return { ...built, summary: { ...built.summary, seconds }, dir: folder.path, product: sold.product.name, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Built extends Pick<Lab, 'authority' | 'host'> {
  readonly summary: Omit<LabSummary, 'seconds'>
}

async function build(
  plan: readonly PlannedAsk[],
  sold: LabProduct,
  dir: string,
  options: LabOptions,
  closing: Closing,
): Promise<Built> {
  const { now: real, report, signal } = options
  const clock = new VirtualClock(real, scheduleLength(plan, sold))
  const { now } = clock
  const folders = labFolders(dir)
  const vendor = await makeVendor(folders.authority, sold, now, report)
  const authority = await serveAuthority(folders.authority, now)
  closing.push(() => authority.close())
  await makeHost(folders.host, vendor, { authority: authority.address, now, report })
  const host = await serveHost(folders.host, now)
  closing.push(() => host.close())
  report({ kind: 'step', text: `host: listening on ${host.address}` })
  const machines = await makeMachines(plan, { dir: folders.machines, vendor, host: host.address, now, report, signal })
  const retryAfter = sold.product.policy.activationIntervalSeconds
  const context = { clock, report, signal, retryAfter, total: plan.length }
  const tally = await askUntilLicensed(plan, machines, sold.family.threshold, context)
  clock.run()
  const summary = await summarize(tally, sold, host, folders.host)
  return { authority: authority.address, host: host.address, summary }
}

/** All ask once; where enough have asked, those that came too early ask again after the retry interval. */
async function askUntilLicensed(
  plan: readonly PlannedAsk[],
  machines: readonly LabMachine[],
  threshold: number,
  context: RoundContext,
): Promise<{ readonly machines: number; readonly refusedBelowThreshold: number; readonly licensed: number }> {
  const { clock, report, retryAfter, total } = context
  const start = clock.now()
  const turns = machines.map((machine, place) => ({ machine, at: after(start, plan[place]?.after ?? 0) }))
  const refused = await askInTurn(turns, 0, context)
  const licensed = total - refused.length
  const tally = { machines: total, refusedBelowThreshold: refused.length }
  if (total < threshold || refused.length === 0) return { ...tally, licensed }
  report({ kind: 'waiting', machines: refused.length, by: retryAfter })
  const refusedAgain = await askInTurn(refused, licensed, context)
  return { ...tally, licensed: total - refusedAgain.length }
}
