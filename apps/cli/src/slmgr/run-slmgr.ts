import { ActivationError } from '@volact/core/errors/activation-error'
import type { FolderOptions } from '../options.ts'
import { print } from '../output.ts'
import { printable } from '../printable.ts'
import type { World } from '../world.ts'
import { errorLine } from './error-line.ts'
import { helpOf } from './help.ts'
import { parseWords } from './parse-words.ts'
import { perform } from './perform.ts'
import { slmgrOptions, slmgrSections } from './slmgr-table.ts'

/** Runs `volact slmgr` on the words after it. */
export async function runSlmgr(words: readonly string[], options: FolderOptions, world: World): Promise<void> {
  await sayingErrors(options, world, async () => {
    const typed = parseWords(words, { name: 'slmgr', options: slmgrOptions })
    const result = typed === undefined ? helpOf('slmgr', slmgrSections) : await perform(typed, options, world)
    print(world, options, result)
  })
}

/** Says a failure in the output as well, where the scripts of the old commands look for it. */
export async function sayingErrors(options: FolderOptions, world: World, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (error instanceof ActivationError && options.json !== true) world.out(`${printable(errorLine(error))}\n`)
    throw error
  }
}
