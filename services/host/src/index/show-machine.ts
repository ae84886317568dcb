import type { Instant } from '@volact/core/time'
import { findMachine } from './find-machine.ts'
import { type MachineStory, machineStory } from './machine-story.ts'
import { indexNotes, withIndexOf } from './with-index.ts'

/** Tells the story of the machine that a text means: `MACHINE_UNKNOWN`, or `USAGE` where it means several. */
export function showMachine(
  dir: string,
  text: string,
  { now, vendor }: { readonly now: () => Instant; readonly vendor?: string },
): Promise<{ readonly story: MachineStory; readonly notes: readonly string[] }> {
  return withIndexOf(dir, { now }, ({ db, status }) => {
    const story = machineStory(db, findMachine(db, text, vendor), now())
    return { story, notes: indexNotes(status) }
  })
}
