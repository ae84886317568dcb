import { CommanderError } from 'commander'
import { ActivationError } from '@volact/core/errors/activation-error'
import { exitStatus } from './exit-status.ts'
import type { JsonOption } from './output.ts'
import { printable } from './printable.ts'
import { makeProgram } from './program.ts'
import { exitStatusOf, reportError } from './report-error.ts'
import type { World } from './world.ts'

/** Runs the command that the arguments name and returns its exit status. It throws nothing. */
export async function run(args: readonly string[], world: World): Promise<number> {
  let status: number = exitStatus.done
  const program = makeProgram(world, (end) => {
    status = end
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    return failed(error, { json: args.includes('--json') ? true : undefined }, world)
  }
}

function failed(error: unknown, wish: { readonly json: true | undefined }, world: World): number {
  const json: JsonOption = wish.json === undefined ? {} : { json: wish.json }
  if (error instanceof CommanderError) return refuseUsage(error, json, world)
  if (!(error instanceof ActivationError)) return reportBug(error, world)
  reportError(world, json, error)
  return exitStatusOf(error)
}

/** Commander ends every mistake with 1. Help and version, which it throws as well, are none. */
function refuseUsage({ exitCode, code, message }: CommanderError, json: JsonOption, world: World): number {
  if (exitCode === 0) return exitStatus.done
  const what = code === 'commander.help' ? 'a command is missing here' : message.replace(/^error: /, '')
  reportError(world, json, new ActivationError('USAGE', what))
  return exitStatus.usage
}

function reportBug(error: unknown, world: World): number {
  const what = error instanceof Error ? error.message : String(error)
  const trace = error instanceof Error && world.debug ? (error.stack ?? '') : 'VOLACT_DEBUG=1 shows where it happened.'
  world.err(
    printable(`volact: this is a bug in Volact: ${what}\n${trace}\nPlease report it where you got Volact from.\n`),
  )
  return exitStatus.bug
}
