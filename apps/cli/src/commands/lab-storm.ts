import type { Command } from 'commander'
import { hours } from '@volact/core/time'
import { wholeNumber, withJson } from '../options.ts'
import { type JsonOption, print } from '../output.ts'
import type { Shell } from '../shell.ts'

interface StormCommandOptions extends JsonOption {
  readonly machines: number
  readonly hours: number
  readonly seed: number
}

const most = { machines: 1_000_000, hours: 168, seed: 4_294_967_295 } as const

/** Adds `volact lab storm`. */
export function addLabStormCommand(lab: Command, { world }: Shell): void {
  withJson(lab.command('storm'))
    .description('how the requests of a whole site spread after an outage, by the schedule of the client alone')
    .option('--machines <n>', 'how many machines the site has', wholeNumber(1, most.machines), 100_000)
    .option('--hours <n>', 'how long the host is away', wholeNumber(1, most.hours), 18)
    .option(
      '--seed <n>',
      'fixes when machines were rolled out and what makes them differ',
      wholeNumber(0, most.seed),
      1,
    )
    .action(async ({ machines, hours: outageHours, seed, ...options }: StormCommandOptions) => {
      const [{ runStorm }, { stormText }] = await Promise.all([
        import('@volact/lab/storm/run-storm'),
        import('../lab/storm-text.ts'),
      ])
      const results = runStorm({ machines, seed, outage: hours(outageHours) })
      const frame = { machines, outageHours, width: Math.min(world.terminal?.columns ?? 80, 120) }
      const json = { machines, outageHours, seed, results }
      print(world, options, { text: stormText(results, frame), json })
    })
}
