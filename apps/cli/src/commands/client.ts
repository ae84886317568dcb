import type { Command } from 'commander'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { activationText, installedText, passedOverNotes, refusal, statusText } from '../client-text.ts'
import { type ClientOptions, openClient, vendorPlaceOf } from '../open-client.ts'
import { type FolderOptions, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'
import { documentLimit, readRoot } from '../read-root.ts'
import { testRootBanner } from '../test-root.ts'
import { addClientFileCommands } from './client-file.ts'
import { addAgentCommand } from './client-agent.ts'
import { addClientHostCommands } from './client-host.ts'
import { addIdentityCommands } from './client-identity.ts'

interface VendorOptions extends FolderOptions {
  readonly root?: string
}

interface ProductOptions extends FolderOptions {
  readonly product?: string
}

interface PoolOptions extends ProductOptions, ClientOptions {}

interface ActivateOptions extends PoolOptions {
  readonly host?: string
  readonly domain?: string
  readonly dns?: string
}

interface ExportOptions extends ProductOptions {
  readonly output: string
}

/** Adds the commands of a machine. */
export function addClientCommands(program: Command, shell: Shell): void {
  const client = program.command('client').description('the machine that runs a product').helpCommand(false)
  addVendor(client, shell)
  addIdentityCommands(client, addKey(client, shell), shell)
  addClientHostCommands(client, shell)
  addActivate(client, shell)
  addStatus(client, shell)
  addLease(client, shell)
  addAgentCommand(client, shell)
  addClientFileCommands(client, shell)
}

function addVendor(client: Command, { world }: Shell): void {
  const vendor = client.command('vendor').description('whose licenses are believed here').helpCommand(false)
  withFolder(vendor.command('add'), 'client')
    .description('add a vendor, or its newer pack: for the whole machine, or into the folder of --dir, unprotected')
    .argument('<file>', 'pack or starter file')
    .option('--root <file>', 'root certificate of the vendor, where it is at hand')
    .action(async (file: string, { root: rootFile, ...options }: VendorOptions) => {
      const root = rootFile === undefined ? {} : { root: readRoot(rootFile) }
      const bytes = readLimited(file, documentLimit, 'the pack')
      const { addVendor: add } = await import('@volact/client/vendors/add-vendor')
      if (options.dir !== undefined) await makeFolder(options.dir)
      const done = add(await vendorPlaceOf(options, world), bytes, { now: world.now(), ...root })
      const compare = 'its root is pinned now: compare this SHA-256 fingerprint with the vendor on another way'
      print(world, options, {
        text: `pack ${done.number} of ${done.vendor.name} is in ${done.path}${done.protected ? '' : ', unprotected'}\n${done.fingerprint}`,
        json: done,
        notes: [...testRootBanner(done.test), ...(done.pinned === 'now' && rootFile === undefined ? [compare] : [])],
      })
    })
}

async function makeFolder(dir: string): Promise<void> {
  const { openFolder } = await import('@volact/files/data-folder')
  openFolder(dir, 'client', { create: true })
}

function addKey(client: Command, { world }: Shell): Command {
  const key = client.command('key').description('the setup key, which selects a product').helpCommand(false)
  withFolder(key.command('install'), 'client')
    .description('install the public setup key of a product; it activates nothing by itself')
    .argument('<key>', 'setup key')
    .action(async (text: string, options: FolderOptions) => {
      const done = (await openClient(options, world)).installKey(text)
      print(world, options, { text: installedText(done), json: done })
    })
  return key
}

function addActivate(client: Command, { world }: Shell): void {
  withFolder(client.command('activate'), 'client')
    .description('find a host, and ask it to activate or renew a product')
    .option('--host <host>', 'ask this host, this time only')
    .option('--domain <domain>', 'look for hosts in this domain, this time only')
    .option('--dns <server>', 'ask this DNS server, IP or IP:PORT, this time only')
    .option('--product <product>', 'slug or activation ID of the product, where there are several')
    .option('--pool-token-file <file>', 'as an ephemeral machine of the pool whose token is in this file')
    .action(async ({ host, product, domain, dns, ...options }: ActivateOptions) => {
      const opened = await openClient(options, world)
      const outcome = await opened.activate({
        ...(host !== undefined && { host }),
        ...(product !== undefined && { product }),
        ...(domain !== undefined && { domain }),
        ...(dns !== undefined && { dns }),
      })
      if (outcome.outcome === 'refused') throw refusal(outcome)
      const notes = [...testRootBanner(outcome.test), ...passedOverNotes(outcome)]
      print(world, options, { text: activationText(outcome), json: outcome, notes })
    })
}

function addStatus(client: Command, { world }: Shell): void {
  withFolder(client.command('status'), 'client')
    .description('say whether the product is licensed, until when, and by whom')
    .option('--product <product>', 'slug or activation ID of the product, where there are several')
    .option('--pool-token-file <file>', 'as an ephemeral machine of the pool whose token is in this file')
    .action(async ({ product, ...options }: PoolOptions) => {
      const status = (await openClient(options, world)).status(product)
      const notes = [...testRootBanner(status.test), ...status.notes]
      print(world, options, { text: statusText(status), json: status, notes })
    })
}

function addLease(client: Command, { world }: Shell): void {
  const lease = client.command('lease').description('the proof that this machine is licensed').helpCommand(false)
  withFolder(lease.command('export'), 'client')
    .description('write the lease to a file, which can be checked with nothing but the root')
    .requiredOption('-o, --output <file>', 'file to write')
    .option('--product <product>', 'slug or activation ID of the product, where there are several')
    .action(async ({ output, product, ...options }: ExportOptions) => {
      writeDurably(output, (await openClient(options, world)).exportLease(product), { mode: 0o644 })
      print(world, options, { text: `the lease is in ${output}`, json: { file: output } })
    })
}
