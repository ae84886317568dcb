import { decodeUtf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { questionsFor } from './questions.ts'
import type { World } from './world.ts'

/** The most bytes of a file with a passphrase or a recovery key. */
export const secretLimit = 4_096

/** Reads a passphrase from the first line of a file for its owner alone: on a command line everybody could read it. */
export function readPassphrase(path: string): string {
  const text = decodeUtf8(readLimited(path, secretLimit, 'the passphrase'))
  requirePrivate(path)
  const [line = ''] = text?.split(/\r?\n/, 1) ?? []
  if (line !== '') return line
  throw new ActivationError('USAGE', `the first line of ${path} is no passphrase in UTF-8`)
}

/** Takes a passphrase from a file, or asks for it at the terminal; a new one twice, since nothing opens what was mistyped. */
export async function takePassphrase(world: World, file: string | undefined, which: 'new' | 'known'): Promise<string> {
  if (file !== undefined) return readPassphrase(file)
  if (world.ask === undefined) {
    throw new ActivationError('USAGE', 'nobody is at a terminal who could be asked: give --passphrase-file FILE')
  }
  const questions = questionsFor(world, undefined)
  const given = (await questions.secret('Passphrase')) ?? ''
  if (which === 'new' && (await questions.secret('The same again')) !== given) {
    throw new ActivationError('USAGE', 'the two passphrases differ; nothing was done')
  }
  return given
}
