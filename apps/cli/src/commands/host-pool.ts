import type { Command } from 'commander'
import type { PoolStatus } from '@volact/host/status'
import { columns } from '../columns.ts'
import { type FolderOptions, folderOf, wholeNumber, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'
import type { World } from '../world.ts'

interface PoolOptions extends FolderOptions {
  readonly vendor?: string
}

interface AddOptions extends PoolOptions {
  readonly limit: number
}

const mostMachines = 1_000_000

/** Adds the commands for pools of ephemeral machines. They work beside the running host, too. */
export function addHostPoolCommands(host: Command, shell: Shell): void {
  const pool = host.command('pool').description('pools of ephemeral machines, such as VDI and pods').helpCommand(false)
  addAdd(pool, shell)
  addList(pool, shell)
  addRemove(pool, shell)
}

function addAdd(pool: Command, { world }: Shell): void {
  withVendor(pool.command('add'))
    .description('add a pool, whose token is shown this once; for a pool that there is, change the bound')
    .argument('<name>', 'name: lower-case letters, digits and hyphens')
    .requiredOption('--limit <n>', 'how many machines may be live at the same time', wholeNumber(1, mostMachines))
    .action(async (name: string, { limit, vendor, ...options }: AddOptions) => {
      const { addPool } = await import('@volact/host/host-pools')
      const dir = folderOf('host', options, world)
      const done = await addPool(dir, { pool: name, limit, ...of(vendor, world) })
      const bound = `the pool ${done.id} is bound to ${done.limit} live machines`
      const notes =
        done.token === undefined
          ? ['the pool keeps the token that it has; remove it first if it is to get another one']
          : ['give this token to the machines of the pool only; it is not shown again']
      print(world, options, { text: done.token === undefined ? bound : `${bound}\n${done.token}`, json: done, notes })
    })
}

function addList(pool: Command, { world }: Shell): void {
  withVendor(pool.command('list'))
    .description('list the pools, with how many of their machines are live')
    .action(async ({ vendor, ...options }: PoolOptions) => {
      const { listPools } = await import('@volact/host/host-pools')
      const pools = await listPools(folderOf('host', options, world), of(vendor, world))
      const text = pools.length === 0 ? 'there is no pool' : columns([heading, ...pools.map(row)])
      print(world, options, { text, json: { pools } })
    })
}

function addRemove(pool: Command, { world }: Shell): void {
  withVendor(pool.command('remove'))
    .description('remove a pool: its token is worth nothing from now on, running leases end by themselves')
    .argument('<name>', 'name of the pool')
    .action(async (name: string, { vendor, ...options }: PoolOptions) => {
      const { removePool } = await import('@volact/host/host-pools')
      const dir = folderOf('host', options, world)
      await removePool(dir, { pool: name, ...of(vendor, world) })
      print(world, options, { text: `the pool ${name} is removed`, json: { id: name, removed: true } })
    })
}

const heading = ['POOL', 'LIVE', 'LIMIT', 'PEAK']

function row({ id, live, limit, peak }: PoolStatus): readonly string[] {
  return [id, String(live), String(limit), String(peak)]
}

function withVendor(command: Command): Command {
  return withFolder(command, 'host').option('--vendor <id>', 'vendor, where the host has several')
}

function of(vendor: string | undefined, { now }: World): Pick<World, 'now'> & { readonly vendor?: string } {
  return { now, ...(vendor !== undefined && { vendor }) }
}
