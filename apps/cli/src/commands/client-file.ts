import type { Command } from 'commander'
import { toIso } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { openClient } from '../open-client.ts'
import { type FolderOptions, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { documentLimit } from '../read-root.ts'
import type { Shell } from '../shell.ts'

interface RequestOptions extends FolderOptions {
  readonly product?: string
  readonly output: string
}

/** Adds the commands for a machine without any network: its request goes to the host as a file, and the answer comes back as one. */
export function addClientFileCommands(client: Command, { world }: Shell): void {
  withFolder(client.command('request'), 'client')
    .description('write a request that somebody brings to the host, for a machine without a network')
    .requiredOption('-o, --output <file>', 'file to write')
    .option('--product <product>', 'activation ID, slug or setup key; all installed products without it')
    .action(async ({ product, output, ...options }: RequestOptions) => {
      const opened = await openClient(options, world)
      writeDurably(output, await opened.requestByFile(product), { mode: 0o644 })
      const text = `the request is in ${output}; answer it on the host with "volact host respond ${output} -o FILE" within 30 days`
      print(world, options, { text, json: { file: output } })
    })
  withFolder(client.command('apply'), 'client')
    .description('take the answer to such a request')
    .argument('<file>', 'what "volact host respond" has written')
    .action(async (file: string, options: FolderOptions) => {
      const opened = await openClient(options, world)
      const leases = await opened.applyFile(readLimited(file, documentLimit, 'the answer'))
      const lines = leases.map(({ name, expires }) => `${name} is licensed until ${toIso(expires)}`)
      print(world, options, { text: lines.join('\n'), json: { leases } })
    })
}
