import { ActivationError } from '@volact/core/errors/activation-error'
import { explainCode } from '@volact/core/errors/explain-code'
import { explanationText } from '../explain/explanation-text.ts'
import { chooseLanguage } from '../explain/language.ts'
import type { FolderOptions } from '../options.ts'
import { print, type Printed } from '../output.ts'
import type { World } from '../world.ts'
import { helpOf } from './help.ts'
import type { OldOption } from './option.ts'
import { osppOptions, osppSections } from './ospp-table.ts'
import { parseWords, type Typed } from './parse-words.ts'
import { perform } from './perform.ts'
import { sayingErrors } from './run-slmgr.ts'

/** Runs `volact ospp` on the words after it. */
export async function runOspp(words: readonly string[], options: FolderOptions, world: World): Promise<void> {
  await sayingErrors(options, world, async () => {
    const typed = parseWords(words, { name: 'ospp', options: osppOptions })
    print(world, options, typed === undefined ? helpOf('ospp', osppSections) : await answer(typed, options, world))
  })
}

/** `/ddescr` is the one option that asks no client. */
async function answer(typed: Typed<OldOption>, options: FolderOptions, world: World): Promise<Printed> {
  return typed.option.verb === 'ddescr' ? describeCode(typed.values, world) : perform(typed, options, world)
}

async function describeCode([code = '']: readonly string[], { surroundings }: World): Promise<Printed> {
  const explanation = explainCode(code)
  if (explanation !== undefined) return explanationText(explanation, await chooseLanguage(undefined, surroundings.env))
  throw new ActivationError('USAGE', `there is no error "${code}"; "volact explain" lists them all`)
}
