import { type Command, InvalidArgumentError } from 'commander'
import { days, type Duration, hours, minutes, toIso } from '@volact/core/time'
import { type FolderOptions, folderOf, wholeNumber, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'

interface ExpectOptions extends FolderOptions {
  readonly for: Duration
  readonly vendor?: string
}

/** Adds the command that announces a roll-out (rule 39). */
export function addHostExpectCommand(host: Command, { world }: Shell): void {
  withFolder(host.command('expect'), 'host')
    .description(
      'announce a roll-out: take in so many more new machines a day, for so long; 0 takes the announcement back',
    )
    .argument('<machines>', 'how many new machines', wholeNumber(0, 10_000_000))
    .requiredOption('--for <time>', 'how long, such as 90m, 8h or 3d', durationOf)
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async (machines: number, { for: seconds, vendor, ...options }: ExpectOptions) => {
      const { expectMachines } = await import('@volact/host/expect-machines')
      const dir = folderOf('host', options, world)
      const roll = { machines, seconds, ...(vendor !== undefined && { vendor }) }
      const done = await expectMachines(dir, roll, { now: world.now })
      const until = toIso(done.until)
      const text =
        machines === 0
          ? 'no roll-out is expected any more'
          : `${machines} more new machines a day are taken in until ${until}; "volact host status" says how far it is`
      print(world, options, { text, json: done })
    })
}

const units: Readonly<Record<string, (count: number) => Duration>> = { m: minutes, h: hours, d: days }

/** Reads a length of time: a whole number and m, h or d. */
function durationOf(text: string): Duration {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const seconds = units[unit]?.(Number(count))
  if (seconds === undefined) throw new InvalidArgumentError('It takes a number with m, h or d, such as 8h.')
  return seconds
}
