import type { Command } from 'commander'
import { toHex } from '@volact/core/bytes'
import { toIso } from '@volact/core/time'
import { readLimited } from '@volact/files/read-limited'
import { parseListenAddress } from '../listen-address.ts'
import { type FolderOptions, folderOf, several, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'
import { documentLimit, readRoot } from '../read-root.ts'
import { serveUntilStopped } from '../serve.ts'
import { flagsOf, type ServeFlags, startServing } from '../start-serving.ts'
import { testRootBanner } from '../test-root.ts'
import { addHostConfigCommands } from './host-config.ts'
import { addHostBackupCommands } from './host-backup.ts'
import { addHostReportCommand } from './host-report.ts'
import { addHostRespondCommand } from './host-respond.ts'
import { addHostRenewCommands } from './host-renew.ts'
import { addHostSpareCommands } from './host-spare.ts'
import { addHostCounterCommands } from './host-counter.ts'
import { addHostDnsCommands } from './host-dns.ts'
import { addHostEventCommands } from './host-event.ts'
import { addHostEvidenceCommands } from './host-evidence.ts'
import { addHostLedgerCommands } from './host-ledger.ts'
import { addHostMachineCommands } from './host-machine.ts'
import { addHostSetupCommands } from './host-setup.ts'
import { addHostClockCommands } from './host-clock.ts'
import { addHostExpectCommand } from './host-expect.ts'
import { addHostPoolCommands } from './host-pool.ts'

interface InitOptions extends FolderOptions {
  readonly recoveryKeyFile?: string
}

interface PackOptions extends FolderOptions {
  readonly root?: string
}

interface VendorOptions extends FolderOptions {
  readonly vendor?: string
}

interface ActivateOptions extends VendorOptions {
  readonly authority?: string
}

type ServeOptions = FolderOptions & ServeFlags

/** Adds the commands of the customer's host. */
export function addHostCommands(program: Command, shell: Shell): void {
  const host = program.command('host').description('the activation host in a customer’s network').helpCommand(false)
  addHostSetupCommands(host, shell)
  addInit(host, shell)
  addPack(host, shell)
  addKey(host, shell)
  addActivate(host, shell)
  addServe(host, shell)
  addHostConfigCommands(host, shell)
  addHostMachineCommands(host, shell)
  addHostEventCommands(host, shell)
  addHostCounterCommands(host, shell)
  addHostPoolCommands(host, shell)
  addHostClockCommands(host, shell)
  addHostExpectCommand(host, shell)
  addHostDnsCommands(host, shell)
  addHostEvidenceCommands(host, shell)
  addHostLedgerCommands(host, shell)
  addHostBackupCommands(host, shell)
  addHostRenewCommands(host, shell)
  addHostSpareCommands(host, shell)
  addHostReportCommand(host, shell)
  addHostRespondCommand(host, shell)
}

function addInit(host: Command, { world }: Shell): void {
  withFolder(host.command('init'), 'host')
    .description('set up a host’s folder; its recovery key is shown this once')
    .option('--recovery-key-file <file>', 'write the recovery key there instead of showing it')
    .action(async ({ recoveryKeyFile, ...options }: InitOptions) => {
      const { initHost } = await import('@volact/host/init-host')
      const dir = folderOf('host', options, world)
      const made = initHost({ dir, now: world.now(), ...(recoveryKeyFile !== undefined && { recoveryKeyFile }) })
      const where = `the host's folder is ${made.dir}`
      const text =
        made.recoveryKey === undefined ? where : `${where}\nits recovery key is\n${made.recoveryKey.trimEnd()}`
      const notes = [
        'keep the recovery key on paper, away from this machine: it is shown this once, and heals a ledger that was lost in part',
      ]
      print(world, options, { text, json: made, notes })
    })
}

function addPack(host: Command, { world }: Shell): void {
  const pack = host.command('pack').description('the signed catalog of a vendor').helpCommand(false)
  withFolder(pack.command('install'), 'host')
    .description(
      'install a vendor’s pack or starter file; the root of the first one is pinned; a host that runs serves by it at once',
    )
    .argument('<file>', 'pack or starter file')
    .option('--root <file>', 'root certificate of the vendor, where it is at hand')
    .action(async (file: string, { root: rootFile, ...options }: PackOptions) => {
      const { installPack } = await import('@volact/host/install-pack')
      const root = rootFile === undefined ? {} : { root: readRoot(rootFile) }
      const bytes = readLimited(file, documentLimit, 'the pack')
      const done = await installPack(folderOf('host', options, world), bytes, { now: world.now(), ...root })
      const { vendor, number, fingerprint, pinned, test } = done
      const compare = 'its root is pinned now: compare this SHA-256 fingerprint with the vendor on another way'
      print(world, options, {
        text: `pack ${number} of ${vendor.name} is installed\n${fingerprint}`,
        json: done,
        notes: [...testRootBanner(test), ...(pinned === 'now' && rootFile === undefined ? [compare] : [])],
      })
    })
}

function addKey(host: Command, { world }: Shell): void {
  const key = host.command('key').description('the host key').helpCommand(false)
  withFolder(key.command('install'), 'host')
    .description('install the host key, which activates this host')
    .argument('<key>', 'host key')
    .option('--vendor <id>', 'vendor of the key, where the host has several')
    .action(async (text: string, { vendor, ...options }: VendorOptions) => {
      const { installKey } = await import('@volact/host/install-key')
      const dir = folderOf('host', options, world)
      const done = await installKey(dir, text, { ...(vendor !== undefined && { vendor }) })
      print(world, options, { text: `the host key for ${done.group} (…-${done.lastFive}) is installed`, json: done })
    })
}

function addActivate(host: Command, { world }: Shell): void {
  withFolder(host.command('activate'), 'host')
    .description('have this host certified by its vendor')
    .option('--authority <url>', 'address of the authority, if no starter file has named it')
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ authority, vendor, ...options }: ActivateOptions) => {
      const { activateHost } = await import('@volact/host/activate-host')
      const { probeHardware } = await import('@volact/client/hardware-probe')
      const dir = folderOf('host', options, world)
      const choice = { ...(authority !== undefined && { authority }), ...(vendor !== undefined && { vendor }) }
      const done = await activateHost(dir, { ...choice, now: world.now(), probe: probeHardware })
      const left = `the key is good for ${done.hostsLeft} more hosts, and ${done.activationsLeft} more times for this one`
      print(world, options, {
        text: `this host is activated for ${done.customer || 'an unnamed customer'} until ${toIso(done.notAfter)}\n${left}`,
        json: { ...done, logId: toHex(done.logId) },
      })
    })
}

function addServe(host: Command, shell: Shell): void {
  const { world } = shell
  withFolder(host.command('serve'), 'host')
    .description('activate machines, until Ctrl-C; SIGHUP takes changed settings and TLS certificates')
    .option('--listen <address:port>', 'where to listen; 0.0.0.0:1688 where nothing is set', addressText)
    .option(
      '--admin <address:port>',
      'where to serve /livez, /readyz and /metrics; nowhere where nothing is set',
      addressText,
    )
    .option('--set <key=value>', 'any other setting for this run, above host.toml; may be repeated', several)
    .action(async ({ listen, admin, set, ...options }: ServeOptions) => {
      const dir = folderOf('host', options, world)
      const flags = flagsOf({
        ...(listen !== undefined && { listen }),
        ...(admin !== undefined && { admin }),
        ...(set && { set }),
      })
      await serveUntilStopped(shell, options, () => startServing(dir, flags, world))
    })
}

/** A mistake in an address is one of the command, and is said before anything is looked at. */
function addressText(text: string): string {
  parseListenAddress(text)
  return text
}
