import type { Command } from 'commander'
import { decodeBase64, encodeBase64 } from '@volact/core/bytes'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { documentLimit } from '../read-root.ts'
import type { Shell } from '../shell.ts'

interface RespondOptions extends FolderOptions {
  readonly output: string
}

/** Adds `volact host respond`. It works beside the running host, too. */
export function addHostRespondCommand(host: Command, { world }: Shell): void {
  withFolder(host.command('respond'), 'host')
    .description('answer the request files of machines without a network: one, or a bundle')
    .argument('<file>', 'what "volact client request" has written')
    .requiredOption('-o, --output <file>', 'file to write the answers to')
    .action(async (path: string, { output, ...options }: RespondOptions) => {
      const { askHost } = await import('@volact/host/ask-host')
      const file = encodeBase64(readLimited(path, documentLimit, 'the request'))
      const question = { verb: 'respond', file } as const
      const done = await askHost(folderOf('host', options, world), question, { now: world.now })
      writeDurably(output, decodeBase64(done.file), { mode: 0o644 })
      const text = `${done.granted} granted, ${done.refused.length} refused; the answers are in ${output}, good for 30 days`
      print(world, options, { text, json: { ...done, file: output }, notes: done.refused })
    })
}
