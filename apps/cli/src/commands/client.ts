import type { Command } from 'commander'
import type { Client } from '@volact/client/open-client'
import type { VendorPlace } from '@volact/client/vendors/vendor-place'
import { ActivationError } from '@volact/core/errors/activation-error'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { activationText, statusText } from '../client-text.ts'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'
import { documentLimit, readRoot } from '../read-root.ts'
import { testRootBanner } from '../test-root.ts'
import type { World } from '../world.ts'

interface VendorOptions extends FolderOptions {
  readonly root?: string
}

interface ProductOptions extends FolderOptions {
  readonly product?: string
}

interface ActivateOptions extends ProductOptions {
  readonly host?: string
}

interface ExportOptions extends ProductOptions {
  readonly output: string
}

/** Adds the commands of a machine. */
export function addClientCommands(program: Command, shell: Shell): void {
  const client = program.command('client').description('the machine that runs a product').helpCommand(false)
  addVendor(client, shell)
  addKey(client, shell)
  addHost(client, shell)
  addActivate(client, shell)
  addStatus(client, shell)
  addLease(client, shell)
}

/** With `--dir` the folder's own vendors, which anybody could exchange who can write there; else those of the system (rule 11). */
async function placeOf({ dir }: FolderOptions, { surroundings }: World): Promise<VendorPlace> {
  const { folderVendors, systemVendors } = await import('@volact/client/vendors/vendor-place')
  return dir === undefined ? systemVendors(surroundings) : folderVendors(dir)
}

/** Opens the client of the folder. With `--dir` it must be there already: a mistyped path makes no machine. */
async function openClient(options: FolderOptions, world: World): Promise<Client> {
  const { openFolderClient } = await import('@volact/client/open-folder-client')
  const vendors = await placeOf(options, world)
  return openFolderClient({
    dir: folderOf('client', options, world),
    create: options.dir === undefined,
    now: world.now,
    vendors,
  })
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
      const done = add(await placeOf(options, world), bytes, { now: world.now(), ...root })
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

function addKey(client: Command, { world }: Shell): void {
  const key = client.command('key').description('the setup key, which selects a product').helpCommand(false)
  withFolder(key.command('install'), 'client')
    .description('install the public setup key of a product; it activates nothing by itself')
    .argument('<key>', 'setup key')
    .action(async (text: string, options: FolderOptions) => {
      const done = (await openClient(options, world)).installKey(text)
      print(world, options, { text: `the setup key of ${done.name} is installed`, json: done })
    })
}

function addHost(client: Command, { world }: Shell): void {
  const host = client.command('host').description('the host that is asked').helpCommand(false)
  withFolder(host.command('set'), 'client')
    .description('ask this host')
    .argument('<host>', 'NAME, NAME:PORT or [IPV6]:PORT; the port is 1688 where none is given')
    .action(async (text: string, options: FolderOptions) => {
      const set = (await openClient(options, world)).setHost(text)
      print(world, options, { text: `${set} is asked`, json: { host: set } })
    })
  withFolder(host.command('clear'), 'client')
    .description('forget the host that was set')
    .action(async (options: FolderOptions) => {
      const opened = await openClient(options, world)
      opened.clearHost()
      print(world, options, { text: 'no host is set', json: {} })
    })
}

function addActivate(client: Command, { world }: Shell): void {
  withFolder(client.command('activate'), 'client')
    .description('ask the host to activate or renew a product')
    .option('--host <host>', 'ask this host, this time only')
    .option('--product <product>', 'slug or activation ID of the product, where there are several')
    .action(async ({ host, product, ...options }: ActivateOptions) => {
      const opened = await openClient(options, world)
      const choice = { ...(host !== undefined && { host }), ...(product !== undefined && { product }) }
      const outcome = await opened.activate(choice)
      if (outcome.outcome === 'refused') {
        const { code, text, ...data } = outcome
        throw new ActivationError(code, text, { data })
      }
      print(world, options, { text: activationText(outcome), json: outcome, notes: testRootBanner(outcome.test) })
    })
}

function addStatus(client: Command, { world }: Shell): void {
  withFolder(client.command('status'), 'client')
    .description('say whether the product is licensed, until when, and by whom')
    .option('--product <product>', 'slug or activation ID of the product, where there are several')
    .action(async ({ product, ...options }: ProductOptions) => {
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
