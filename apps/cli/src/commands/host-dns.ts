import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { parseServer } from '@volact/dns/dns-server'
import { type FormName, forms } from '@volact/dns/forms/form'
import type { DnsAct, DnsReport } from '@volact/host/dns/acts'
import { dnsStatusText, publishedText } from '../dns-text.ts'
import { type FolderOptions, folderOf, several, wholeNumber, withFolder } from '../options.ts'
import { note, print } from '../output.ts'
import type { Shell } from '../shell.ts'
import type { World } from '../world.ts'

/** A zone as options name it. */
interface ZoneOptions extends FolderOptions {
  readonly zone?: string
  readonly site?: string
  readonly server?: string
  readonly keyFile?: string
  readonly ttl?: number
  readonly priority?: number
  readonly weight?: number
  readonly name?: string
  readonly ownAddresses?: true
  readonly address?: readonly string[]
  readonly port?: number
}

interface WithdrawOptions extends FolderOptions {
  readonly zone?: string
  readonly site?: string
}

interface PrintOptions extends ZoneOptions {
  readonly format: FormName
}

/** Adds the commands for the host's records in DNS. They work beside the running host, too. */
export function addHostDnsCommands(host: Command, shell: Shell): void {
  const dns = host.command('dns').description('the records by which machines find this host').helpCommand(false)
  addPublish(dns, shell)
  addWithdraw(dns, shell)
  addPrint(dns, shell)
  addStatus(dns, shell)
}

function addPublish(dns: Command, { world }: Shell): void {
  withZone(dns.command('publish'))
    .description('publish this host in a zone now, and from then on by itself; without options in all zones it knows')
    .option('--server <ip:port>', 'name server that takes updates, where it is not the one that the zone names')
    .option('--key-file <file>', 'key for updates, as tsig-keygen writes it')
    .action(async (options: ZoneOptions) => {
      const zone = zoneOf(options)
      const act = { act: 'publish', ...(zone !== undefined && { zone }), ...portOf(options) } as const
      const report = await ask(act, options, world)
      const notes = report.warnings ?? []
      print(world, options, { text: publishedText(report), json: report, notes })
    })
}

function addWithdraw(dns: Command, { world }: Shell): void {
  withFolder(dns.command('withdraw'), 'host')
    .description('take the records of this host out of a zone, or out of all; those of other hosts stay')
    .option('--zone <domain>', 'the zone; all zones where none is named')
    .option('--site <label>', 'site of the zone')
    .action(async ({ zone, site, ...options }: WithdrawOptions) => {
      const named = { ...(zone !== undefined && { zone }), ...(site !== undefined && { site }) }
      const report = await ask({ act: 'withdraw', ...named }, options, world)
      print(world, options, { text: `this host is withdrawn from ${named.zone ?? 'all zones'}`, json: report })
    })
}

function addPrint(dns: Command, { world }: Shell): void {
  const names = Object.keys(forms)
  withZone(dns.command('print'))
    .description('show the records for somebody who types them by hand; nothing is changed')
    .option('--server <ip:port>', 'name server that the form is to name, where it names one')
    .addOption(new Option('--format <form>', 'form to show them in').choices(names).default('zone'))
    .action(async ({ format, ...options }: PrintOptions) => {
      const zone = zoneOf(options)
      const act = { act: 'records', ...(zone !== undefined && { zone }), ...portOf(options) } as const
      const report = await ask(act, options, world)
      const text = report.zones
        .map(({ zone: name, records, server }) =>
          forms[format]({ zone: name, records, ...(server !== undefined && { server: parseServer(server) }) }),
        )
        .join('\n')
      print(world, options, { text, json: { format, text, zones: report.zones } })
    })
}

function addStatus(dns: Command, { world }: Shell): void {
  withFolder(dns.command('status'), 'host')
    .description('say in which zones this host is published, since when, until when, and what has failed')
    .action(async (options: FolderOptions) => {
      const report = await ask({ act: 'status' }, options, world)
      print(world, options, { text: dnsStatusText(report, world.now()), json: report })
    })
}

function withZone(command: Command): Command {
  return withFolder(command, 'host')
    .option('--zone <domain>', 'the zone; the domain of this machine where none is named')
    .option('--site <label>', 'publish for this site of the zone')
    .option('--name <name>', 'full name that the records lead to, where it is not that of this machine')
    .option('--port <port>', 'port of the host, where it does not run', wholeNumber(1, 65_535))
    .option('--ttl <seconds>', 'how long resolvers may keep the records (3600)', wholeNumber(1, 604_800))
    .option('--priority <n>', 'the lowest is asked first (0)', wholeNumber(0, 65_535))
    .option('--weight <n>', 'share among those of one priority (0)', wholeNumber(0, 65_535))
    .option('--own-addresses', 'publish the addresses of this machine, too')
    .option('--address <ip>', 'publish this address, too; may be given several times', several)
}

/** Nothing where no option names a zone or says anything of one. */
function zoneOf(options: ZoneOptions): object | undefined {
  const { zone, site, server, keyFile, ttl, priority, weight, name, ownAddresses, address } = options
  const addresses = ownAddresses ?? address
  const given = { zone, site, server, keyFile: keyFile && resolve(keyFile), ttl, priority, weight, name, addresses }
  const fields = Object.entries(given).filter(([, value]) => value !== undefined)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

function portOf({ port }: ZoneOptions): { readonly port?: number } {
  return port === undefined ? {} : { port }
}

async function ask(act: DnsAct, options: FolderOptions, world: World): Promise<DnsReport> {
  const { askDns } = await import('@volact/host/dns/ask-dns')
  return askDns(folderOf('host', options, world), act, {
    now: world.now,
    note: (text) => {
      note(world, text)
    },
  })
}
