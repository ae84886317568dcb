import type { Command } from 'commander'
import { decodeBase64 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import { fromIso, type Instant, toIso } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'

interface ReportOptions extends FolderOptions {
  readonly from: Instant
  readonly to?: Instant
  readonly machines?: boolean
  readonly vendor?: string
  readonly output: string
}

/** Adds `volact host report`. */
export function addHostReportCommand(host: Command, { world }: Shell): void {
  withFolder(host.command('report'), 'host')
    .description('the true-up of a period, signed by the ledger: quantity, peak, and the ledger at both ends')
    .requiredOption('--from <day>', 'first day, as 2026-01-01, or a time in UTC', instant)
    .option('--to <day>', 'day after the last one; now, where it is left out', instant)
    .option('--machines', 'list the machines by their IDs, too; never their names')
    .option('--vendor <id>', 'vendor, where the host has several')
    .requiredOption('-o, --output <file>', 'file to write, for the vendor')
    .action(async ({ from, to, machines, vendor, output, ...options }: ReportOptions) => {
      const { askHost } = await import('@volact/host/ask-host')
      const period = { from, to: to ?? world.now(), machines: machines === true }
      const question = { verb: 'report', ...period, ...(vendor !== undefined && { vendor }) } as const
      const { file, ...made } = await askHost(folderOf('host', options, world), question, { now: world.now })
      writeDurably(output, decodeBase64(file), { mode: 0o644 })
      const bought = made.quantity === undefined ? 'no quantity was agreed' : `${made.quantity} were agreed`
      const listed = made.machines === undefined ? '' : `; ${made.machines} machines are listed`
      print(world, options, {
        text: `at most ${made.peak} leases were live from ${toIso(made.from)} to ${toIso(made.to)}, ${bought}${listed}; the report is in ${output}`,
        json: { ...made, file: output },
      })
    })
}

function instant(text: string): Instant {
  try {
    return fromIso(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  } catch (cause) {
    throw new ActivationError('USAGE', `"${text}" is no day: write it as 2026-01-31`, { cause })
  }
}
