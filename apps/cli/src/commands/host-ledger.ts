import type { Command } from 'commander'
import { ActivationError } from '@volact/core/errors/activation-error'
import { toIso } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import type { CheckedHostExport } from '@volact/host/check-export'
import type { VerifiedLedger } from '@volact/host/verify-host-ledger'
import { columns, facts } from '../columns.ts'
import { isTestRoot } from '../inspect/inspector.ts'
import { type FolderOptions, folderOf, several, wholeNumber, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { progressBar } from '../progress-bar.ts'
import { readRoot } from '../read-root.ts'
import type { Shell } from '../shell.ts'
import { testRootBanner } from '../test-root.ts'

interface VendorOptions extends FolderOptions {
  readonly vendor?: string
}

interface VerifyOptions extends VendorOptions {
  readonly export?: string
  readonly root?: readonly string[]
}

interface ExportOptions extends VendorOptions {
  readonly from?: number
  readonly to?: number
  readonly all?: true
  readonly details?: true
  readonly tiles?: string
  readonly output?: string
}

/** Adds the commands that check and hand out the host's record. */
export function addHostLedgerCommands(host: Command, shell: Shell): void {
  const ledger = host.command('ledger').description('the record of all that the host has granted').helpCommand(false)
  addVerify(ledger, shell)
  addExport(ledger, shell)
}

function addVerify(ledger: Command, { world }: Shell): void {
  withFolder(ledger.command('verify'), 'host')
    .description('read the whole ledger again and check it against its signed head, or check an exported range')
    .option('--vendor <id>', 'vendor, where the host has several')
    .option('--export <file>', 'check this export of a ledger instead, which needs no host')
    .option('--root <file>', 'with --export: root certificate that is trusted; may be given several times', several)
    .action(async ({ vendor, export: file, root, ...options }: VerifyOptions) => {
      const bar = progressBar(world, 'checking')
      try {
        if (file === undefined) {
          const { verifyHostLedger } = await import('@volact/host/verify-host-ledger')
          const dir = folderOf('host', options, world)
          const report = await verifyHostLedger(dir, { ...(vendor !== undefined && { vendor }), onProgress: bar.show })
          bar.clear()
          print(world, options, { text: ledgerText(report), json: report })
          return
        }
        const { checkHostExport } = await import('@volact/host/check-export')
        const [first, ...more] = root ?? []
        if (first === undefined)
          throw new ActivationError('USAGE', 'to check an export, give the root with --root FILE')
        const roots: [Certificate, ...Certificate[]] = [readRoot(first), ...more.map(readRoot)]
        const { report, trusted } = await checkHostExport(file, { roots, onProgress: bar.show })
        bar.clear()
        print(world, options, { text: exportText(report), json: report, notes: testRootBanner(isTestRoot(trusted)) })
      } finally {
        bar.clear()
      }
    })
}

function addExport(ledger: Command, { world }: Shell): void {
  withFolder(ledger.command('export'), 'host')
    .description('write a range of the ledger into a file that proves itself, beside the running host')
    .option('--vendor <id>', 'vendor, where the host has several')
    .option('--from <n>', 'first entry, from 0', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--to <n>', 'the entry behind the last', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--all', 'all entries')
    .option('--details', 'with requests, names and addresses of machines')
    .option('--tiles <dir>', 'new folder for signed note, tiles and bundles of entries, as transparency logs have them')
    .option('-o, --output <file>', 'file to write; one that is there is not replaced')
    .action(async (given: ExportOptions) => {
      const { vendor, from, to, details, tiles, output, ...options } = given
      const { exportHostLedger, exportHostTiles } = await import('@volact/host/export-host-ledger')
      const dir = folderOf('host', options, world)
      requireUsage(given)
      const bar = progressBar(world, 'writing')
      try {
        const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
        const named = { ...(vendor !== undefined && { vendor }), ...(details && { details: 'with' as const }) }
        const file =
          output === undefined
            ? undefined
            : await exportHostLedger(dir, output, { ...range, ...named, onProgress: bar.show })
        const folder = tiles === undefined ? undefined : await exportHostTiles(dir, tiles, vendor)
        bar.clear()
        const text = [
          file &&
            `entries ${file.from} to ${file.to - 1} of ${file.size} are in ${output ?? ''}${erasedText(file.erased)}`,
          folder && `the tiles of ${folder.size} entries are in ${tiles ?? ''}${leftOutText(folder.leftOut)}`,
        ]
        const notes = details === true ? ['the file names machines: whoever has it knows them'] : []
        print(world, options, {
          text: text.filter((line) => line !== undefined).join('\n'),
          json: { file, folder },
          notes,
        })
      } finally {
        bar.clear()
      }
    })
}

function requireUsage({ from, to, all, tiles, output, details }: ExportOptions): void {
  const isRange = from !== undefined || to !== undefined
  if (output === undefined && tiles === undefined) throw usage('name a file with -o FILE, or a folder with --tiles DIR')
  if (all === true && isRange) throw usage('give either --all or --from and --to')
  if (output !== undefined && all !== true && !isRange) throw usage('say which entries: --from N --to M, or --all')
  if (output === undefined && (isRange || details === true)) throw usage('--from, --to and --details go with -o FILE')
}

function usage(message: string): ActivationError {
  return new ActivationError('USAGE', message)
}

function erasedText(count: number): string {
  return count === 0 ? '' : `; of ${count} that were erased only the leaf hash`
}

function leftOutText(count: number): string {
  return count === 0 ? '' : `; ${count} bundles were left out, because entries in them were erased`
}

function exportText(report: CheckedHostExport): string {
  return facts([
    ['customer', report.customer],
    ['log ID', report.logId],
    ['verified', `entries ${report.from} to ${report.to - 1} of ${report.size}`],
    ['root', report.root],
    ['head signed', toIso(report.signed)],
    ['erased', report.erased === 0 ? undefined : `${report.erased} entries, whose leaf hashes are here`],
    ['with details', report.withDetails === 0 ? undefined : `${report.withDetails} entries`],
  ])
}

function ledgerText({
  vendor,
  size,
  root,
  signed,
  lastEntry,
  unsigned,
  erased,
  noteKey,
  files,
}: VerifiedLedger): string {
  const about = facts([
    ['vendor', vendor],
    ['verified', `${size} entries`],
    ['root', root],
    ['head signed', toIso(signed)],
    ['last entry', toIso(lastEntry)],
    ['behind the head', unsigned === 0 ? undefined : `${unsigned} entries`],
    ['note key', noteKey],
    ['erased', erased === 0 ? undefined : `${erased} entries, whose leaf hashes stay`],
  ])
  return `${about}\n\n${columns(files.map(({ name, cover, note }) => [name, cover, note]))}`
}
