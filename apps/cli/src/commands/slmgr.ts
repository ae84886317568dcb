import type { Command } from 'commander'
import { type FolderOptions, withJson } from '../options.ts'
import type { Shell } from '../shell.ts'

/** Adds `volact slmgr`. Its own options are words to commander, which would else read `-dlv` as three of its own. */
export function addSlmgrCommand(program: Command, { world }: Shell): void {
  withJson(program.command('slmgr'))
    .description('the same by the names of slmgr, for whoever knows them by heart; /? lists them')
    .option('--dir <dir>', 'data folder of a client or of a host; its volact.json says which')
    .argument('[words...]', 'one option of slmgr, like /dlv or -skms NAME:PORT')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (words: readonly string[], options: FolderOptions) => {
      const { runSlmgr } = await import('../slmgr/run-slmgr.ts')
      await runSlmgr(words, options, world)
    })
}
