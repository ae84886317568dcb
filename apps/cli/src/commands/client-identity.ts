import { type Command, Option } from 'commander'
import type { RearmOptions } from '@volact/client/rearm'
import { openClient } from '../open-client.ts'
import { type FolderOptions, withFolder } from '../options.ts'
import { print } from '../output.ts'
import type { Shell } from '../shell.ts'

interface ProductOptions extends FolderOptions {
  readonly product?: string
}

interface RearmChoice extends ProductOptions {
  readonly application?: string
}

interface ReleaseOptions extends ProductOptions {
  readonly host?: string
}

/** Adds the commands that take something of a machine's license away. `key` is the command that keys are installed with. */
export function addIdentityCommands(client: Command, key: Command, shell: Shell): void {
  addKeyRemove(key, shell)
  addRearm(client, shell)
  addRelease(client, shell)
  addGeneralize(client, shell)
}

function addKeyRemove(key: Command, { world }: Shell): void {
  withProduct(key.command('remove'))
    .description(
      'remove the setup key of a product, and with it its license; tells no host, which "release" does before',
    )
    .action(async ({ product, ...options }: ProductOptions) => {
      const done = (await openClient(options, world)).removeKey(product)
      print(world, options, { text: `the setup key of ${done.name} is removed: it is unlicensed`, json: done })
    })
}

function addRearm(client: Command, { world }: Shell): void {
  withFolder(client.command('rearm'), 'client')
    .description('begin the timers anew: of the whole machine, which becomes another one, or of a part of its products')
    .addOption(
      new Option('--application <application>', 'only the products of this one, by slug or ID').conflicts('product'),
    )
    .option('--product <product>', 'only this one, by slug or activation ID')
    .action(async ({ application, product, ...options }: RearmChoice) => {
      const done = await (await openClient(options, world)).rearm(levelOf(application, product))
      const what = done.level === 'machine' ? `machine ID ${done.machineId}` : done.products.join(', ')
      const left = done.left === undefined ? '' : `; ${done.left} more rearms are left`
      print(world, options, { text: `rearmed: ${what}${left}`, json: done })
    })
}

function levelOf(application: string | undefined, product: string | undefined): RearmOptions {
  if (application !== undefined) return { level: 'application', application }
  return product === undefined ? { level: 'machine' } : { level: 'product', product }
}

function addRelease(client: Command, { world }: Shell): void {
  withProduct(client.command('release'))
    .description('give the lease of a product back to the host that granted it')
    .option('--host <host>', 'where that host is, if it has moved')
    .action(async ({ product, host, ...options }: ReleaseOptions) => {
      const done = await (await openClient(options, world)).release(product, host)
      print(world, options, { text: `the lease of ${done.product} is given back to ${done.host}`, json: done })
    })
}

function addGeneralize(client: Command, { world }: Shell): void {
  withFolder(client.command('generalize'), 'client')
    .description('prepare the folder to be copied, as an image: nothing stays that is this machine’s own')
    .action(async (options: FolderOptions) => {
      const done = (await openClient(options, world)).generalize()
      const text = `removed: ${done.removed.join(', ')}; vendors, ${done.keys} product keys and the settings of hosts stay`
      print(world, options, { text, json: done })
    })
}

function withProduct(command: Command): Command {
  const description = 'slug or activation ID of the product, where there are several'
  return withFolder(command, 'client').option('--product <product>', description)
}
