import type { Command } from 'commander'
import { toIso } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { documentLimit } from '../read-root.ts'
import type { Shell } from '../shell.ts'

interface RenewOptions extends FolderOptions {
  readonly authority?: string
  readonly vendor?: string
}

interface RequestOptions extends FolderOptions {
  readonly output: string
  readonly vendor?: string
  readonly again?: boolean
}

/** Adds the commands by which a host keeps its certificate, and those for a host without a network. */
export function addHostRenewCommands(host: Command, shell: Shell): void {
  addRenew(host, shell)
  addRequest(host, shell)
  addApply(host, shell)
}

function addRenew(host: Command, { world }: Shell): void {
  withFolder(host.command('renew'), 'host')
    .description('have the vendor renew the certificate, from 270 days before its end; the ledger goes on')
    .option('--authority <url>', 'address of the authority, if no starter file has named it')
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ authority, vendor, ...options }: RenewOptions) => {
      const { renewHost } = await import('@volact/host/renewal/renew-host')
      const choice = { ...(authority !== undefined && { authority }), ...(vendor !== undefined && { vendor }) }
      const done = await renewHost(folderOf('host', options, world), { ...choice, now: world.now() })
      print(world, options, { text: `the certificate is renewed until ${toIso(done.notAfter)}`, json: done })
    })
}

function addRequest(host: Command, { world }: Shell): void {
  withFolder(host.command('request'), 'host')
    .description('write what the vendor is to answer: an activation, or the renewal of the certificate')
    .requiredOption('-o, --output <file>', 'file to write, for the vendor')
    .option('--vendor <id>', 'vendor, where the host has several')
    .option('--again', 'ask for a new activation with a new ledger, though there is a certificate')
    .action(async ({ output, vendor, again, ...options }: RequestOptions) => {
      const { requestByFile } = await import('@volact/host/renewal/offline')
      const { probeHardware } = await import('@volact/client/hardware-probe')
      const choice = { ...(vendor !== undefined && { vendor }), ...(again === true && { again }) }
      const asked = { ...choice, now: world.now(), probe: probeHardware }
      const { file, asks, ...rest } = await requestByFile(folderOf('host', options, world), asked)
      writeDurably(output, file)
      const secret = 'the file holds the host key: bring it to the vendor, and nowhere else'
      print(world, options, {
        text: `the request for ${asks === 'renewal' ? 'a renewal' : 'an activation'} is in ${output}; apply the answer with "volact host apply FILE"`,
        json: { ...rest, asks, file: output },
        notes: asks === 'activation' ? [secret] : [],
      })
    })
}

function addApply(host: Command, { world }: Shell): void {
  withFolder(host.command('apply'), 'host')
    .description('put the vendor’s answer to a request into place')
    .argument('<file>', 'what the vendor has answered')
    .action(async (file: string, options: FolderOptions) => {
      const { applyFile } = await import('@volact/host/renewal/offline')
      const bytes = readLimited(file, documentLimit, 'the answer')
      const applied = await applyFile(folderOf('host', options, world), bytes, { now: world.now() })
      const lines = applied.map(({ kind, customer, notAfter }) => {
        return `this host is ${kind} for ${customer || 'an unnamed customer'} until ${toIso(notAfter)}`
      })
      print(world, options, { text: lines.join('\n'), json: { applied } })
    })
}
