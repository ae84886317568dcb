import type { Command } from 'commander'
import { toIso } from '@volact/core/time'
import type { IndexStatus } from '@volact/host/index/index-status'
import type { QuantityStatus } from '@volact/host/pipeline/quantity'
import type { ApplicationStatus, HostStatus, RolloutStatus, SignatureStatus, VendorStatus } from '@volact/host/status'
import type { DoorFigures } from '@volact/host/strangers/open-door'
import { columns, facts } from '../columns.ts'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
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
  const { address, index, newcomers, others } = status
  return [
    facts([
      ['listening on', address ?? 'nothing; it is not running'],
      ['index', index && indexText(index)],
      ['new machines', newcomers && newcomersText(newcomers)],
    ]),
    ...[status, ...others].map(vendorText),
  ].join('\n')
}

/** Lists and stories come from it, activation does not: so it is named only when something is wrong. */
function indexText({ state, behind, problem }: IndexStatus): string | undefined {
  if (problem !== undefined) return `not written, ${behind} entries behind: ${problem}; activation goes on`
  return state === 'good' ? undefined : `${behind} entries behind the ledger, and catching up`
}

/** Known machines never wait for new ones (rule 39); so it is named only when there is something to know. */
function newcomersText({ usedToday, perDay, waiting, sentAway, room }: DoorFigures): string | undefined {
  if (room === 'none') return 'none are recorded: over 90 % of the disk quota is used; known machines go on'
  if (waiting + sentAway === 0 && usedToday < perDay / 2) return undefined
  return `${usedToday} today of ${perDay} at most; ${waiting} wait, ${sentAway} were told to come again`
}

function rolloutText({ expected, takenIn, until }: RolloutStatus): string {
  return `${takenIn} machines taken in of ${expected} announced, until ${toIso(until)}`
}

function vendorText(vendor: VendorStatus): string {
  const about = facts([
    ['vendor', vendor.vendor && `${vendor.vendor.name} (${vendor.vendor.id})`],
    ['state', `${vendor.state}: ${vendor.reason}`],
    ['customer', vendor.customer],
    ['certified until', vendor.notAfter === undefined ? undefined : toIso(vendor.notAfter)],
    [
      'renewed from',
      vendor.renewalFrom === undefined ? undefined : `${toIso(vendor.renewalFrom)} on, with "volact host renew"`,
    ],
    ['spare in use', vendor.spare && `for the log ${vendor.spare.predecessor}, until ${toIso(vendor.spare.until)}`],
    ['other hardware', vendor.hardwareEnd === undefined ? undefined : `serves on until ${toIso(vendor.hardwareEnd)}`],
    ['log ID', vendor.logId],
    ['ledger', vendor.ledger && `${vendor.ledger.size} entries, root ${vendor.ledger.root}`],
    ['machines', vendor.logId === undefined ? undefined : vendor.machines],
    ['leases', vendor.quantity && quantityText(vendor.quantity)],
    ['roll-out', vendor.rollout && rolloutText(vendor.rollout)],
    ['forks noted', vendor.forks === 0 ? undefined : `${vendor.forks}, and ${vendor.twins} twins told`],
    ['signatures', signaturesText(vendor.signatures)],
    ['ephemeral', vendor.ephemeral.peak === 0 ? undefined : ephemeralText(vendor)],
    [
      'serves',
      vendor.served.map(({ name, generation }) => `${name} up to generation ${generation}`).join(', ') || undefined,
    ],
  ])
  return vendor.applications.length === 0 ? about : `${about}\n\n${columns([heading, ...vendor.applications.map(row)])}`
}

function quantityText({ agreed, live, above }: QuantityStatus): string {
  const isTold = live > agreed && above !== 'report'
  return `${live} live of ${agreed} agreed${isTold ? ': ACTIVATED_ABOVE_QUANTITY' : ''}`
}

/** Named only while something waits, or when something was wrong. */
function signaturesText({ unverified, drainSeconds, disputed }: SignatureStatus): string | undefined {
  const waiting = unverified === 0 ? [] : [`${unverified} to verify, in ${Math.ceil(drainSeconds)} s if nobody asks`]
  const wrong = disputed === 0 ? [] : [`${disputed} forged and disputed since the start`]
  return [...waiting, ...wrong].join('; ') || undefined
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
