import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addAuthorityCommands } from './commands/authority.ts'
import { addClientCommands } from './commands/client.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addHostCommands } from './commands/host.ts'
import { addInspectCommand } from './commands/inspect.ts'
import { addLabCommand } from './commands/lab.ts'
import { addOsppCommand } from './commands/ospp.ts'
import { addSlmgrCommand } from './commands/slmgr.ts'
import type { Shell } from './shell.ts'
import type { World } from './world.ts'

/** Makes the whole command line. Nothing is imported for a command before it runs, so that help comes at once. */
export function makeProgram(world: World, endWith: Shell['endWith']): Command {
  const shell: Shell = { world, endWith }
  const program = new Command('volact')
    .description('Volume activation for any vendor’s own software.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeOut: world.out, writeErr: world.err, outputError: () => undefined })
    .configureHelp({ helpWidth: world.terminal?.columns ?? 120 })
  addLabCommand(program, shell)
  addAuthorityCommands(program, shell)
  addHostCommands(program, shell)
  addClientCommands(program, shell)
  addSlmgrCommand(program, shell)
  addOsppCommand(program, shell)
  addDoctorCommand(program, shell)
  addExplainCommand(program, shell)
  addInspectCommand(program, shell)
  return program
}

function readVersion(): string {
  const file = new URL('../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
  return version
}
