import { ActivationError } from '@volact/core/errors/activation-error'
import { openClient } from '../open-client.ts'
import { type FolderOptions, folderOf } from '../options.ts'
import type { Printed } from '../output.ts'
import { printable } from '../printable.ts'
import type { World } from '../world.ts'
import { clientVerbs } from './client-verbs.ts'
import { hostVerbs } from './host-verbs.ts'
import type { Connected, OldOption } from './option.ts'
import type { Typed } from './parse-words.ts'
import { speakerFor } from './speaker.ts'
import type { Task } from './task.ts'

/** Does what an option asks for, or says why not. */
export async function perform(
  { option, values }: Typed<OldOption>,
  options: FolderOptions,
  world: World,
): Promise<Printed> {
  const { name, standing } = option
  switch (standing.kind) {
    case 'nothing-to-do':
      return { text: standing.why, json: { done: standing.why } }
    case 'not-yet':
      throw new ActivationError('NOT_CONNECTED_YET', `/${name} is not connected yet; it needs ${standing.needs}`)
    case 'no-counterpart':
      throw new ActivationError('NO_COUNTERPART', `/${name} has nothing to do here: ${standing.why}`)
    case 'connected':
      return performConnected(option, standing, { options, values, world, say: sayUnless(options, world) })
  }
}

async function performConnected({ name, verb = name }: OldOption, standing: Connected, task: Task): Promise<Printed> {
  const { options, world } = task
  const speaker = speakerFor(name, standing, options, world)
  if (speaker === 'host') return found(hostVerbs, verb)({ ...task, dir: folderOf('host', options, world) })
  return found(clientVerbs, verb)(await openClient(options, world), task)
}

function found<Verb>(verbs: Readonly<Record<string, Verb>>, name: string): Verb {
  const verb = verbs[name]
  if (verb === undefined) throw new Error(`"${name}" is said to be connected, and is not`)
  return verb
}

function sayUnless({ json }: FolderOptions, { out }: World): Task['say'] {
  return (line) => {
    if (json !== true) out(`${printable(line)}\n`)
  }
}
