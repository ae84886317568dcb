import type { Command } from 'commander'
import { toIso } from '@volact/core/time'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'

/** Adds the command by which an administrator answers a host that does not believe its clock (rule 43). */
export function addHostClockCommands(host: Command, { world }: Shell): void {
  const clock = host.command('clock').description('the clock of this host').helpCommand(false)
  withFolder(clock.command('accept'), 'host')
    .description('believe the clock, though it is far ahead of what the host knows; look at it first')
    .action(async (options: FolderOptions) => {
      const { acceptClock } = await import('@volact/host/accept-clock')
      const done = await acceptClock(folderOf('host', options, world), { now: world.now })
      const lines = done.map(({ vendor, time }) => `the ledger for ${vendor} goes on at ${toIso(time)}`)
      const text = lines.length === 0 ? 'this host keeps no ledger yet' : lines.join('\n')
      print(world, options, { text, json: done })
    })
}
