import { Argument, type Command, Option } from 'commander'
import { activationTypes, type ActivationType } from '@volact/client/hosts/activation-type'
import type { Scope } from '@volact/client/hosts/scope'
import { hostSettingsText } from '../host-settings-text.ts'
import { openClient } from '../open-client.ts'
import { type FolderOptions, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'

interface ScopeOptions extends FolderOptions {
  readonly product?: string
  readonly application?: string
}

/** Adds the commands that say where a machine looks for its host. */
export function addClientHostCommands(client: Command, shell: Shell): void {
  const host = client.command('host').description('the host that is asked').helpCommand(false)
  addHostSet(host, shell)
  addHostClear(host, shell)
  addHostCaching(host, shell)
  addHostType(host, shell)
  addHostShow(host, shell)
  addDomain(client, shell)
}

function addHostSet(host: Command, { world }: Shell): void {
  withScope(host.command('set'))
    .description('ask this host, and look for none by DNS')
    .argument('<host>', 'NAME, NAME:PORT or [IPV6]:PORT; the port is 1688 where none is given')
    .action(async (text: string, options: ScopeOptions) => {
      const client = await openClient(options, world)
      const set = client.setHost(text, scopeOf(options))
      const { notes } = client.hostSettings()
      print(world, options, { text: `${set} is asked${forWhat(options)}`, json: { host: set }, notes })
    })
}

function addHostClear(host: Command, { world }: Shell): void {
  withScope(host.command('clear'))
    .description('forget the host that was set, and look for one by DNS')
    .action(async (options: ScopeOptions) => {
      const client = await openClient(options, world)
      client.clearHost(scopeOf(options))
      print(world, options, { text: `no host is set${forWhat(options)}`, json: {}, notes: client.hostSettings().notes })
    })
}

function addHostCaching(host: Command, { world }: Shell): void {
  withFolder(host.command('caching'), 'client')
    .description('ask the last good host before DNS, or not')
    .addArgument(new Argument('<switch>', 'on at first').choices(['on', 'off']))
    .action(async (wish: 'on' | 'off', options: FolderOptions) => {
      ;(await openClient(options, world)).setHostCaching(wish === 'on')
      print(world, options, { text: `host caching is ${wish}`, json: { caching: wish === 'on' } })
    })
}

function addHostType(host: Command, { world }: Shell): void {
  withScope(host.command('type'))
    .description('say on which way products may be activated')
    .addArgument(new Argument('<type>', 'any at first').choices(activationTypes))
    .action(async (type: ActivationType, options: ScopeOptions) => {
      const client = await openClient(options, world)
      client.setActivationType(type, scopeOf(options))
      const text = `the type of activation is ${type}${forWhat(options)}`
      print(world, options, { text, json: { activationType: type }, notes: client.hostSettings().notes })
    })
}

function addHostShow(host: Command, { world }: Shell): void {
  withFolder(host.command('show'), 'client')
    .description('show all that is set about hosts, and what the policy puts above it')
    .action(async (options: FolderOptions) => {
      const { notes, ...settings } = (await openClient(options, world)).hostSettings()
      print(world, options, { text: hostSettingsText(settings), json: settings, notes })
    })
}

function addDomain(client: Command, { world }: Shell): void {
  const domain = client.command('domain').description('where hosts are looked for by DNS').helpCommand(false)
  withScope(domain.command('set'))
    .description('look for hosts in this domain only; a host that is set goes before')
    .argument('<domain>', 'such as corp.example')
    .action(async (text: string, options: ScopeOptions) => {
      const opened = await openClient(options, world)
      const set = opened.setDomain(text, scopeOf(options))
      const { notes } = opened.hostSettings()
      print(world, options, { text: `hosts are looked for in ${set}${forWhat(options)}`, json: { domain: set }, notes })
    })
  withScope(domain.command('clear'))
    .description('forget the domain, and look in those of the machine')
    .action(async (options: ScopeOptions) => {
      const opened = await openClient(options, world)
      opened.clearDomain(scopeOf(options))
      print(world, options, {
        text: `no domain is set${forWhat(options)}`,
        json: {},
        notes: opened.hostSettings().notes,
      })
    })
}

function withScope(command: Command): Command {
  return withFolder(command, 'client')
    .option('--product <product>', 'for this product only: slug or activation ID')
    .addOption(
      new Option('--application <application>', 'for the products of this application: slug or ID').conflicts(
        'product',
      ),
    )
}

function scopeOf({ product, application }: ScopeOptions): Scope | undefined {
  if (product !== undefined) return { product }
  return application === undefined ? undefined : { application }
}

function forWhat({ product, application }: ScopeOptions): string {
  const name = product ?? application
  return name === undefined ? '' : ` for ${name}`
}
