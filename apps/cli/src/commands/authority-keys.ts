import { Argument, type Command, Option } from 'commander'
import type { KeyOrder, KeyType } from '@volact/authority/keys/issue-key'
import type { ListedKey } from '@volact/authority/keys/list-keys'
import { toIso } from '@volact/core/time'
import { columns } from '../columns.ts'
import { type FolderOptions, wholeNumber, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'
import { onAuthority } from '../on-authority.ts'

interface IssueOptions extends FolderOptions {
  readonly type: KeyType
  readonly group: string
  readonly customer?: string
  readonly limit?: number
}

/** Adds `volact authority key …`. */
export function addKeyCommands(authority: Command, shell: Shell): void {
  const key = authority.command('key').description('the product keys that were issued').helpCommand(false)
  addIssue(key, shell)
  addList(key, shell)
  addBlock(key, shell)
  addUnblock(key, shell)
}

function addIssue(keys: Command, { world }: Shell): void {
  withFolder(keys.command('issue'), 'authority')
    .description('issue a product key; it is shown this once, and nobody can find it out again')
    .addOption(new Option('--type <type>', 'kind of key').choices(['host', 'mak', 'setup']).makeOptionMandatory())
    .requiredOption('--group <group>', 'key group of the catalog, by its slug or number')
    .option('--customer <name>', 'who gets it')
    .option('--limit <n>', 'hosts that a host key activates, or machines that a MAK does', wholeNumber(1, 1_000_000))
    .action(async ({ dir, json, ...order }: IssueOptions) => {
      const options = { ...(dir !== undefined && { dir }), ...(json && { json }) }
      const wanted: KeyOrder = order
      const issued = await onAuthority(options, world, (commands) => commands.issueKey(wanted))
      const { key, serial, type } = issued
      const notes = [`this is ${type} key ${serial}; it is shown this once, so keep it now, and keep it secret`]
      print(world, options, { text: key, json: issued, ...(type !== 'setup' && { notes }) })
    })
}

function addList(keys: Command, { world }: Shell): void {
  withFolder(keys.command('list'), 'authority')
    .description('list all keys and how much of them is used')
    .action(async (options: FolderOptions) => {
      const list = await onAuthority(options, world, (commands) => commands.listKeys())
      const text = list.length === 0 ? 'no key was issued yet' : columns([heading, ...list.map(row)])
      print(world, options, { text, json: { keys: list } })
    })
}

function addBlock(keys: Command, { world }: Shell): void {
  withFolder(keys.command('block'), 'authority')
    .description('block a key: it activates nothing any more; what it has activated runs on')
    .addArgument(new Argument('<key>', 'the whole key, or its serial'))
    .action(async (reference: string, options: FolderOptions) => {
      const key = await onAuthority(options, world, (commands) => commands.blockKey(reference))
      print(world, options, { text: `key ${key.serial} is blocked`, json: key })
    })
}

function addUnblock(keys: Command, { world }: Shell): void {
  withFolder(keys.command('unblock'), 'authority')
    .description('lift the block of a key')
    .addArgument(new Argument('<key>', 'the whole key, or its serial'))
    .action(async (reference: string, options: FolderOptions) => {
      const key = await onAuthority(options, world, (commands) => commands.unblockKey(reference))
      print(world, options, { text: `key ${key.serial} is not blocked`, json: key })
    })
}

const heading = ['SERIAL', 'TYPE', 'GROUP', 'KEY', 'USED', 'ISSUED', 'STATE', 'CUSTOMER']

function row(key: ListedKey): readonly string[] {
  return [
    ...[String(key.serial), key.type, String(key.group), `…-${key.lastFive}`, used(key), toIso(key.issued)],
    ...[key.blocked ? 'blocked' : 'good', key.customer],
  ]
}

function used({ type, hosts, hostLimit, activations, activationLimit }: ListedKey): string {
  switch (type) {
    case 'host':
      return `${hosts} of ${hostLimit} hosts`
    case 'mak':
      return `${activations} of ${activationLimit}`
    case 'setup':
      return '-'
  }
}
