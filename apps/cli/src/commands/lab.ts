import type { Command } from 'commander'
import type { Lab } from '@volact/lab/lab'
import type { LabView } from '../lab/plain-view.ts'
import { exitStatus } from '../exit-status.ts'
import { wholeNumber, withJson } from '../options.ts'
import { type JsonOption, note } from '../output.ts'
import type { Shell } from '../shell.ts'
import { aborted, stopStatus } from '../serve.ts'
import type { World } from '../world.ts'
import { addLabStormCommand } from './lab-storm.ts'

interface LabCommandOptions extends JsonOption {
  readonly machines: number
  readonly seed: number
  readonly once?: true
  readonly dir?: string
}

const most = { machines: 10_000, seed: 4_294_967_295 } as const

/** Adds `volact lab`. */
export function addLabCommand(program: Command, shell: Shell): void {
  const lab = withJson(program.command('lab'))
    .description('a whole estate on this machine: a vendor, a host, and machines that it activates')
    .option('--machines <n>', 'how many machines ask', wholeNumber(1, most.machines), 30)
    .option('--once', 'end when all have asked, instead of serving on until Ctrl-C')
    .option('--seed <n>', 'fixes names, order, times and hardware, never keys', wholeNumber(0, most.seed), 1)
    .option('--dir <dir>', 'new folder that keeps everything; else a temporary one that is removed')
    // What stands behind the name of a command below belongs to that one, though both have options of the same name.
    .enablePositionalOptions()
    .action((options: LabCommandOptions) => runLabCommand(options, shell))
  addLabStormCommand(lab, shell)
}

async function runLabCommand({ machines, seed, dir, once, json }: LabCommandOptions, shell: Shell): Promise<void> {
  const { world, endWith } = shell
  const { runLab } = await import('@volact/lab/lab')
  const signal = world.stop()
  const view = await viewOf(world, json === true)
  const options = { machines, seed, now: world.now, report: view.report, signal, ...(dir !== undefined && { dir }) }
  let lab: Lab | undefined
  try {
    lab = await runLab(options)
    view.close()
    await show(lab, { world, json: json === true, staysUp: once === undefined, isKept: dir !== undefined })
    if (once === undefined) await aborted(signal)
    endWith(once === undefined ? stopStatus(signal) : outcome(lab))
  } catch (error) {
    view.close()
    if (!signal.aborted || error !== signal.reason) throw error
    endWith(exitStatus.interrupted)
  } finally {
    await lab?.close()
  }
}

async function viewOf(world: World, isQuiet: boolean): Promise<LabView> {
  if (isQuiet) return { report: () => undefined, close: () => undefined }
  if (world.terminal === undefined) {
    const { plainView } = await import('../lab/plain-view.ts')
    return plainView(world.out)
  }
  const { terminalView } = await import('../lab/terminal-view.ts')
  return terminalView(world.out, world.terminal)
}

interface ShowOptions {
  readonly world: World
  readonly json: boolean
  readonly staysUp: boolean
  readonly isKept: boolean
}

async function show(lab: Lab, { world, json, ...more }: ShowOptions): Promise<void> {
  const { summaryText } = await import('../lab/summary-text.ts')
  world.out(json ? `${JSON.stringify(lab.summary)}\n` : `${summaryText(lab, { ...more, command: world.command })}\n`)
  if (more.staysUp) note(world, `authority on ${lab.authority}, host on ${lab.host}, until Ctrl-C`)
}

/** That none is licensed is an answer, and told in the summary; only the status says so once more. */
function outcome({ summary }: Lab): number {
  return summary.licensed === summary.machines ? exitStatus.done : exitStatus.refused
}
