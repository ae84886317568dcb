import type { Command } from 'commander'
import { type FolderOptions, withJson } from '../options.ts'
import type { Shell } from '../shell.ts'

/** Adds `volact ospp`. Its own options are words to commander, as those of slmgr are. */
export function addOsppCommand(program: Command, { world }: Shell): void {
  withJson(program.command('ospp'))
    .description('the same by the names of ospp, for machines only; /? lists them')
    .option('--dir <dir>', 'data folder of a client')
    .argument('[words...]', 'one option of ospp, like /dstatus or /sethst:NAME')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (words: readonly string[], options: FolderOptions) => {
      const { runOspp } = await import('../slmgr/run-ospp.ts')
      await runOspp(words, options, world)
    })
}
