import type { Command } from 'commander'
import { toIso } from '@volact/core/time'
import type { ApplicationStatus, HostStatus, VendorStatus } from '@volact/host/status'
import type { VerifiedLedger } from '@volact/host/verify-host-ledger'
import { columns, facts } from '../columns.ts'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { progressBar } from '../progress-bar.ts'
import type { Shell } from '../shell.ts'
import { testRootBanner } from '../test-root.ts'

interface VendorOptions extends FolderOptions {
  readonly vendor?: string
}

interface CertOptions extends VendorOptions {
  readonly output: string
}

/** Adds the commands with which a host shows what it is and has done. */
export function addHostEvidenceCommands(host: Command, shell: Shell): void {
  addStatus(host, shell)
  addLedger(host, shell)
  addCert(host, shell)
}

function addStatus(host: Command, { world }: Shell): void {
  withFolder(host.command('status'), 'host')
    .description('say whether the host is activated, what it has counted and what it serves')
    .action(async (options: FolderOptions) => {
      const { hostStatus } = await import('@volact/host/host-status')
      const status = await hostStatus(folderOf('host', options, world), { now: world.now })
      print(world, options, { text: statusText(status), json: status, notes: testRootBanner(status.test) })
    })
}

function addLedger(host: Command, { world }: Shell): void {
  const ledger = host.command('ledger').description('the record of all that the host has granted').helpCommand(false)
  withFolder(ledger.command('verify'), 'host')
    .description('read the whole ledger again and check it against its signed head')
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ vendor, ...options }: VendorOptions) => {
      const { verifyHostLedger } = await import('@volact/host/verify-host-ledger')
      const dir = folderOf('host', options, world)
      const bar = progressBar(world, 'checking')
      try {
        const report = await verifyHostLedger(dir, { ...(vendor !== undefined && { vendor }), onProgress: bar.show })
        bar.clear()
        print(world, options, { text: ledgerText(report), json: report })
      } finally {
        bar.clear()
      }
    })
}

function addCert(host: Command, { world }: Shell): void {
  const cert = host.command('cert').description('the certificates that leases of this host rest on').helpCommand(false)
  withFolder(cert.command('export'), 'host')
    .description('write root.pem, issuing.pem and host.pem into a folder')
    .requiredOption('-o, --output <dir>', 'folder to write them to')
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ output, vendor, ...options }: CertOptions) => {
      const { exportCertificates } = await import('@volact/host/export-certificates')
      const dir = folderOf('host', options, world)
      const paths = exportCertificates(dir, output, { ...(vendor !== undefined && { vendor }) })
      print(world, options, { text: Object.values(paths).join('\n'), json: paths })
    })
}

function statusText(status: HostStatus): string {
  const { address, others } = status
  return [
    facts([['listening on', address ?? 'nothing; it is not running']]),
    ...[status, ...others].map(vendorText),
  ].join('\n')
}

function vendorText(vendor: VendorStatus): string {
  const about = facts([
    ['vendor', vendor.vendor && `${vendor.vendor.name} (${vendor.vendor.id})`],
    ['state', `${vendor.state}: ${vendor.reason}`],
    ['customer', vendor.customer],
    ['certified until', vendor.notAfter === undefined ? undefined : toIso(vendor.notAfter)],
    ['log ID', vendor.logId],
    ['ledger', vendor.ledger && `${vendor.ledger.size} entries, root ${vendor.ledger.root}`],
    ['machines', vendor.logId === undefined ? undefined : vendor.machines],
    ['forks noted', vendor.forks === 0 ? undefined : `${vendor.forks}, and ${vendor.twins} twins told`],
    ['ephemeral', vendor.ephemeral.peak === 0 ? undefined : ephemeralText(vendor)],
    [
      'serves',
      vendor.served.map(({ name, generation }) => `${name} up to generation ${generation}`).join(', ') || undefined,
    ],
  ])
  return vendor.applications.length === 0 ? about : `${about}\n\n${columns([heading, ...vendor.applications.map(row)])}`
}

function ephemeralText({ ephemeral: { live, peak }, pools }: VendorStatus): string {
  const each = pools.map((pool) => `${pool.id} ${pool.live} of ${pool.limit}`).join(', ')
  return `${live} machines live, ${peak} at most at the same time${each === '' ? '' : ` (${each})`}`
}

const heading = ['APPLICATION', 'COUNT', 'REPORTED', 'WEAK', 'THRESHOLDS']

function row({ name, count, reportedCount, weak, families }: ApplicationStatus): readonly string[] {
  const thresholds = families.map((family) => `${family.name} ${family.threshold}`).join(', ')
  return [name, String(count), String(reportedCount), String(weak), thresholds]
}

function ledgerText({ vendor, size, root, signed, lastEntry, unsigned, files }: VerifiedLedger): string {
  const about = facts([
    ['vendor', vendor],
    ['verified', `${size} entries`],
    ['root', root],
    ['head signed', toIso(signed)],
    ['last entry', toIso(lastEntry)],
    ['behind the head', unsigned === 0 ? undefined : `${unsigned} entries`],
  ])
  return `${about}\n\n${columns(files.map(({ name, cover, note }) => [name, cover, note]))}`
}
