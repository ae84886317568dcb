import type { Command } from 'commander'
import type { RequestCounters } from '@volact/host/index/counter-names'
import type { CounterBlock } from '@volact/host/index/read-counters'
import { columns } from '../columns.ts'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'

/** Adds the command for the cumulative counters. */
export function addHostCounterCommands(host: Command, { world }: Shell): void {
  const counter = host.command('counter').description('how many requests there were, ever').helpCommand(false)
  withFolder(counter.command('show'), 'host')
    .description(
      'show the requests by the license state that the machines were in when they asked; they never decrease',
    )
    .action(async (options: FolderOptions) => {
      const { readCounters } = await import('@volact/host/index/read-counters')
      const counters = await readCounters(folderOf('host', options, world), { now: world.now })
      print(world, options, { text: countersText(counters), json: { counters } })
    })
}

const labels: Readonly<Record<keyof RequestCounters, string>> = {
  total: 'TOTAL',
  failed: 'FAILED',
  unlicensed: 'UNLICENSED',
  licensed: 'LICENSED',
  oobGrace: 'INITIAL GRACE',
  ootGrace: 'EXPIRED OR OTHER HARDWARE',
  nonGenuineGrace: 'NON-GENUINE',
  notification: 'NOTIFICATION',
}

function countersText(counters: readonly CounterBlock[]): string {
  if (counters.length === 0) return 'this host has no vendor yet, so nothing was asked'
  const heads = counters.map(({ vendor, application }) => application?.name ?? (vendor || 'no vendor'))
  const names = Object.keys(labels) as readonly (keyof RequestCounters)[]
  return columns([
    ['REQUESTS', ...heads.map((head) => head.toUpperCase())],
    ...names.map((name) => [labels[name].toLowerCase(), ...counters.map((block) => String(block[name]))]),
  ])
}
