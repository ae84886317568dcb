import { ActivationError } from '@volact/core/errors/activation-error'
import { defaultFolder } from '@volact/files/default-folder'
import { readLabel } from '@volact/files/folder-label'
import type { FolderOptions } from '../options.ts'
import type { World } from '../world.ts'
import type { Connected } from './option.ts'

/** Whom an option speaks for. */
export type Speaker = 'client' | 'host'

/**
 * Finds whom an option speaks for: the role that the folder of `--dir` names; without one, the host if one is set up and the option
 * means something to it, else the client.
 */
export function speakerFor(name: string, standing: Connected, { dir }: FolderOptions, world: World): Speaker {
  const speakers = (['host', 'client'] as const).filter((role) => standing[role] !== undefined)
  if (dir === undefined) return isForHost(speakers, world) ? 'host' : 'client'
  const role = readLabel(dir)?.role
  const speaker = speakers.find((known) => known === role)
  if (speaker !== undefined) return speaker
  // What opens the folder of this role says what is wrong with one without a label.
  const [usual = 'client'] = speakers.toReversed()
  if (role === undefined) return usual
  const message = `/${name} is an option of a ${speakers.join(' or a ')}, and ${dir} is the folder of role "${role}": name another with --dir`
  throw new ActivationError('FOLDER_WRONG_ROLE', message)
}

/** What only a host understands is for the host, whether there is one or not: then it is told that there is none. */
function isForHost(speakers: readonly Speaker[], world: World): boolean {
  return speakers.includes('host') && (!speakers.includes('client') || hasHost(world))
}

function hasHost({ surroundings }: World): boolean {
  return readLabel(defaultFolder('host', surroundings).path)?.role === 'host'
}
