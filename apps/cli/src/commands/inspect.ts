import type { Command } from 'commander'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Certificate } from '@volact/core/x509/certificate'
import { readLimited } from '@volact/files/read-limited'
import type { Trust } from '../inspect/inspector.ts'
import { several, withJson } from '../options.ts'
import { type JsonOption, print } from '../output.ts'
import type { Shell } from '../shell.ts'
import { documentLimit, readCertificates, readRoot } from '../read-root.ts'
import { testRootBanner } from '../test-root.ts'
import type { World } from '../world.ts'

interface InspectOptions extends JsonOption {
  readonly verify?: true
  readonly root?: readonly string[]
  readonly chain?: readonly string[]
}

/** Adds `volact inspect`. */
export function addInspectCommand(program: Command, { world }: Shell): void {
  withJson(program.command('inspect'))
    .description('show what a file says: lease, pack, starter file, checkpoint, certificate, message, …')
    .argument('<file>', 'any document of Volact')
    .option('--verify', 'check it against the root; whatever is wrong inside the file ends with status 10')
    .option('--root <file>', 'root certificate that is trusted, in PEM or DER; may be given several times', several)
    .option(
      '--chain <file>',
      'certificates that a checkpoint does not bring along; may be given several times',
      several,
    )
    .action(async (file: string, options: InspectOptions) => {
      const { inspectDocument } = await import('../inspect/inspect-document.ts')
      const { viewText } = await import('../inspect/view-text.ts')
      const trust = trustOf(options, world)
      const inspection = inspectDocument(readLimited(file, documentLimit, 'the document'), trust)
      const { kind, content, verified } = inspection
      const judgment = verified ? `verified: ${verified.by}` : 'not verified: anybody could have written this'
      print(world, options, {
        text: `${kind}, ${judgment}\n${viewText(content, '  ')}`,
        json: inspection,
        notes: testRootBanner(verified?.testRoot ?? false),
      })
    })
}

function trustOf({ verify, root, chain }: InspectOptions, { now }: World): Trust | undefined {
  if (verify === undefined && root === undefined && chain === undefined) return undefined
  const [first, ...more] = root ?? []
  if (verify === undefined || first === undefined) {
    throw new ActivationError('USAGE', 'to check a file, give both --verify and --root FILE')
  }
  return { roots: [readRoot(first), ...more.map(readRoot)], chain: certificates(chain ?? []), at: now() }
}

function certificates(files: readonly string[]): readonly Certificate[] {
  return files.flatMap(readCertificates)
}
