import type { Command } from 'commander'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { parseListenAddress, type ListenAddress } from '../listen-address.ts'
import { onAuthority } from '../on-authority.ts'
import { type FolderOptions, folderOf, several, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { documentLimit } from '../read-root.ts'
import type { Shell } from '../shell.ts'
import { serveUntilStopped } from '../serve.ts'
import { addKeyCommands } from './authority-keys.ts'

interface InitOptions extends FolderOptions {
  readonly name?: readonly string[]
  readonly vendor?: string
}

interface ServeOptions extends FolderOptions {
  readonly listen: ListenAddress
}

interface ExportOptions extends FolderOptions {
  readonly output: string
  readonly authority?: string
}

/** Adds the commands of the vendor. */
export function addAuthorityCommands(program: Command, shell: Shell): void {
  const authority = program
    .command('authority')
    .description('the vendor: keys, catalog, activation of hosts')
    .helpCommand(false)
  addInit(authority, shell)
  addServe(authority, shell)
  addCatalog(authority, shell)
  addKeyCommands(authority, shell)
  addPack(authority, shell)
  addStarter(authority, shell)
  addRespond(authority, shell)
}

function addInit(authority: Command, { world }: Shell): void {
  withFolder(authority.command('init'), 'authority')
    .description('set up an authority: its keys, certificates and database')
    .option('--name <name>', 'name or address under which hosts reach it; may be given several times', several)
    .option('--vendor <text>', 'stands in the names of its certificates')
    .action(async ({ name, vendor, ...options }: InitOptions) => {
      const { initAuthority } = await import('@volact/authority/init-authority')
      const dir = folderOf('authority', options, world)
      const made = initAuthority({ dir, now: world.now(), ...(name && { names: name }), ...(vendor && { vendor }) })
      const { fingerprint, names } = made
      print(world, options, {
        text: `the authority is in ${made.dir}\nits root has the SHA-256 fingerprint\n${fingerprint}`,
        json: { dir: made.dir, fingerprint, names },
        notes: [`keep ${made.dir} secret and backed up: whoever has it can issue licenses in your name`],
      })
    })
}

function addServe(authority: Command, shell: Shell): void {
  withFolder(authority.command('serve'), 'authority')
    .description('activate hosts over HTTPS, until Ctrl-C')
    .option('--listen <address:port>', 'where to listen', parseListenAddress, { host: '0.0.0.0', port: 8443 })
    .action(async ({ listen, ...options }: ServeOptions) => {
      const { startAuthority } = await import('@volact/authority/start-authority')
      const dir = folderOf('authority', options, shell.world)
      await serveUntilStopped(shell, options, () => startAuthority({ dir, listen, now: shell.world.now }))
    })
}

function addCatalog(authority: Command, { world }: Shell): void {
  const catalog = authority.command('catalog').description('what the vendor sells').helpCommand(false)
  withFolder(catalog.command('apply'), 'authority')
    .description('make a catalog the newest one, in a new pack if it differs')
    .argument('<file>', 'catalog in YAML')
    .action(async (file: string, options: FolderOptions) => {
      const applied = await onAuthority(options, world, (commands) => commands.applyCatalog(file))
      const { number, vendor, changes } = applied
      const what = changes.length === 0 ? 'nothing has changed' : changes.join('\n')
      print(world, options, { text: `${what}\npack ${number} of ${vendor} holds`, json: applied })
    })
}

function addPack(authority: Command, { world }: Shell): void {
  const pack = authority
    .command('pack')
    .description('the signed catalog that hosts and clients install')
    .helpCommand(false)
  withFolder(pack.command('export'), 'authority')
    .description('write the newest pack to a file')
    .requiredOption('-o, --output <file>', 'file to write')
    .action(async ({ output, ...options }: ExportOptions) => {
      writeFile(output, await onAuthority(options, world, (commands) => commands.exportPack()))
      print(world, options, { text: `the pack is in ${output}`, json: { file: output } })
    })
}

function addStarter(authority: Command, { world }: Shell): void {
  const starter = authority.command('starter').description('pack, root and address in one file').helpCommand(false)
  withFolder(starter.command('export'), 'authority')
    .description('write a starter file, all that a new host or client needs of this vendor')
    .requiredOption('-o, --output <file>', 'file to write')
    .option('--authority <url>', 'where hosts reach the authority, if not where it last served')
    .action(async ({ output, authority: address, ...options }: ExportOptions) => {
      const choice = address === undefined ? {} : { address }
      writeFile(output, await onAuthority(options, world, (commands) => commands.exportStarter(choice)))
      print(world, options, { text: `the starter file is in ${output}`, json: { file: output } })
    })
}

function addRespond(authority: Command, { world }: Shell): void {
  withFolder(authority.command('respond'), 'authority')
    .description('answer the requests of hosts without a network: one, or a bundle')
    .argument('<file>', 'what "volact host request" has written')
    .requiredOption('-o, --output <file>', 'file to write the answers to')
    .action(async (path: string, { output, ...options }: ExportOptions) => {
      const requests = readLimited(path, documentLimit, 'the request')
      const { file, ...done } = await onAuthority(options, world, (commands) => commands.respond(requests))
      writeFile(output, file)
      const text = `${done.granted} answered with a certificate, ${done.refused.length} refused; the answers are in ${output}`
      print(world, options, { text, json: { ...done, file: output }, notes: done.refused })
    })
}

/** What is exported is public, unlike the folder that it comes from. */
function writeFile(path: string, bytes: Uint8Array): void {
  writeDurably(path, bytes, { mode: 0o644 })
}
