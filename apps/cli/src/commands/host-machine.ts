import type { Command } from 'commander'
import { days, toIso } from '@volact/core/time'
import { type MachineRecord, type Standing, standings } from '@volact/host/index/machine-record'
import type { MachineStory, ProductStory } from '@volact/host/index/machine-story'
import type { ForgottenMachine } from '@volact/host/index/forget-machine'
import { columns, facts } from '../columns.ts'
import { type FolderOptions, folderOf, wholeNumber, withFolder } from '../options.ts'
import { note, print } from '../output.ts'
import { printable } from '../printable.ts'
import type { Shell } from '../shell.ts'
import type { World } from '../world.ts'

interface VendorOptions extends FolderOptions {
  readonly vendor?: string
}

interface ListOptions extends VendorOptions {
  readonly product?: string
  readonly state?: Standing
  readonly name?: string
  readonly stale?: number
  readonly limit?: number
}

interface ForgetOptions extends VendorOptions {
  readonly yes?: true
}

const mostRows = 1_000_000_000

/** Adds the commands for single machines. They work beside the running host, too. */
export function addHostMachineCommands(host: Command, shell: Shell): void {
  const machine = host.command('machine').description('the machines that this host has seen').helpCommand(false)
  addList(machine, shell)
  addShow(machine, shell)
  addForget(machine, shell)
}

function addList(machine: Command, { world }: Shell): void {
  const list = withVendor(machine.command('list'))
    .description('list the machines by name, a line for each product')
    .option('--product <product>', 'only of this product: its ID, its slug, or a part of its name')
    .option('--name <text>', 'only with this in their name')
    .option('--stale <days>', 'only those that were not seen for so many days', wholeNumber(0, 36_500))
    .option('--limit <n>', 'only the first so many', wholeNumber(1, mostRows))
  list.addOption(list.createOption('--state <state>', 'only in this state').choices(standings))
  list.action(async ({ product, state, name, stale, limit, vendor, ...options }: ListOptions) => {
    const { listMachines } = await import('@volact/host/index/list-machines')
    const unseenSince = stale === undefined ? {} : { unseenSince: world.now() - days(stale) }
    const given = { product, state, name, limit, vendor }
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const writer = options.json === true ? jsonWriter(world) : textWriter(world)
    const dir = folderOf('host', options, world)
    const { notes } = await listMachines(dir, {
      now: world.now,
      filter: { ...known, ...unseenSince },
      onPage: writer.page,
    })
    writer.end()
    for (const text of notes) note(world, text)
  })
}

interface PageWriter {
  readonly page: (machines: readonly MachineRecord[]) => void
  readonly end: () => void
}

/** One object, written as it is read: a hundred thousand machines need not be in memory at once. */
function jsonWriter({ out }: World): PageWriter {
  let separator = '{"machines":['
  return {
    page: (machines) => {
      for (const each of machines) {
        out(`${separator}${JSON.stringify(each)}`)
        separator = ','
      }
    },
    end: () => {
      out(`${separator === ',' ? '' : separator}]}\n`)
    },
  }
}

const heading = ['NAME', 'MACHINE', 'PRODUCT', 'STATE', 'UNTIL', 'LAST SEEN', 'ADDRESS']
/** Columns keep their places from page to page, whatever the names. */
const least = [20, 12, 20, 8, 20, 20, 15]

function textWriter({ out }: World): PageWriter {
  let count = 0
  return {
    page: (machines) => {
      const rows = machines.map(row)
      const all = count === 0 ? [heading, ...rows] : rows
      count += machines.length
      out(`${printable(columns([least.map((width) => ' '.repeat(width)), ...all]).slice(1))}\n`)
    },
    end: () => {
      if (count === 0) out('no machine is known of which all of this is true\n')
    },
  }
}

function row({ name, machine, product, state, leaseEnd, lastSeen, address }: MachineRecord): readonly string[] {
  const until = leaseEnd === undefined ? '-' : toIso(leaseEnd)
  return [
    name || '-',
    machine.slice(0, 12),
    product.slug || product.id || '-',
    state,
    until,
    toIso(lastSeen),
    address ?? '-',
  ]
}

function addShow(machine: Command, { world }: Shell): void {
  withVendor(machine.command('show'))
    .description('tell the story of one machine: what it asked, what came of it and why, and what comes next')
    .argument('<machine>', 'name of the machine, or the beginning of its ID')
    .action(async (text: string, { vendor, ...options }: VendorOptions) => {
      const { showMachine } = await import('@volact/host/index/show-machine')
      const dir = folderOf('host', options, world)
      const { story, notes } = await showMachine(dir, text, { now: world.now, ...(vendor !== undefined && { vendor }) })
      print(world, options, { text: storyText(story), json: story, notes })
    })
}

function storyText({ vendor, machine, name, products, refusals }: MachineStory): string {
  const about = facts([
    ['machine', machine],
    ['name', name === '' ? 'not known' : name],
    ['vendor', vendor === '' ? undefined : vendor],
  ])
  const strange = refusals.map(({ time, text }) => [toIso(time), text])
  return [about, ...products.map(productText), ...(strange.length === 0 ? [] : [`refused\n${indented(strange)}`])].join(
    '\n\n',
  )
}

function productText({ record, events, next }: ProductStory): string {
  const { product, state, leaseEnd, address, version, hardware, weak, virtual, ephemeral } = record
  const kinds = [
    virtual ? 'a virtual machine' : 'a physical machine',
    weak ? 'weak hardware' : '',
    ephemeral ? 'ephemeral' : '',
  ]
  const about = facts([
    ['product', product.name === '' ? product.id || 'not known any more' : `${product.name} (${product.slug})`],
    ['state', leaseEnd === undefined || state === 'released' ? state : `${state} until ${toIso(leaseEnd)}`],
    ['address', address],
    ['client', version],
    [
      'hardware',
      `${kinds.filter((kind) => kind !== '').join(', ')}${hardware === undefined ? '' : `, anchor ${hardware}…`}`,
    ],
  ])
  const what = events.map(({ time, text, entry }) => [
    toIso(time),
    entry === undefined ? text : `${text} (entry ${entry})`,
  ])
  const then = next.map(({ time, text }) => [toIso(time), text])
  return [
    about,
    `what happened\n${indented(what)}`,
    ...(then.length === 0 ? [] : [`what comes next\n${indented(then)}`]),
  ].join('\n')
}

function indented(rows: readonly (readonly string[])[]): string {
  return columns(rows.map((cells) => ['', ...cells]))
}

function addForget(machine: Command, { world }: Shell): void {
  withVendor(machine.command('forget'))
    .description('erase a machine from every file of this host; its running leases end by themselves')
    .argument('<machine>', 'name of the machine, or the beginning of its ID')
    .option('--yes', 'do not ask')
    .action(async (text: string, { yes, vendor, ...options }: ForgetOptions) => {
      const { findInIndex, forget } = await import('@volact/host/index/forget')
      const dir = folderOf('host', options, world)
      const found = await findInIndex(dir, text, { now: world.now, ...(vendor !== undefined && { vendor }) })
      for (const line of whatStays) note(world, line)
      if (yes !== true) {
        await requireYes(world, `forget ${printable(found.name) || 'the machine without a name'}, ${found.machine}?`)
      }
      const done = await forget(dir, found, { now: world.now })
      print(world, options, { text: forgottenText(done), json: done })
    })
}

const whatStays = [
  'this erases its entries in the ledger, its requests, and its name, address and hardware in every file of this host',
  'what stays: the hashes of these entries, from which nothing can be read, and an entry that names their numbers',
  'backups, exports and the log of the system from before may still name it; the lease on the machine itself runs on until its end',
]

function forgottenText({ machine, entries }: ForgottenMachine): string {
  return [
    `the machine ${machine} is forgotten`,
    `erased: ${entries} entries of the ledger with what lay beside them, and all that the index had of it`,
  ].join('\n')
}

async function requireYes({ ask }: World, question: string): Promise<void> {
  const { ActivationError } = await import('@volact/core/errors/activation-error')
  if (ask === undefined) {
    throw new ActivationError('USAGE', 'nobody can be asked here: say --yes if the machine is to be forgotten')
  }
  const said = await ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(said?.trim() ?? '')) throw new ActivationError('USAGE', 'nothing was erased')
}

function withVendor(command: Command): Command {
  return withFolder(command, 'host').option('--vendor <id>', 'vendor, where the host has several')
}
