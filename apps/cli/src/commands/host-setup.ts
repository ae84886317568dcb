import type { Command } from 'commander'
import { readLimited } from '@volact/files/read-limited'
import { hostCheckText } from '../host-check-text.ts'
import { type FolderOptions, folderOf, several, withFolder } from '../options.ts'
import { note, print } from '../output.ts'
import { documentLimit } from '../read-root.ts'
import { type SetupOptions, setUp } from '../setup.ts'
import type { Shell } from '../shell.ts'

/** Adds the commands that set a host up in one go, and look whether all is as it should be. */
export function addHostSetupCommands(host: Command, shell: Shell): void {
  addSetup(host, shell)
  addCheck(host, shell)
}

function addSetup(host: Command, { world }: Shell): void {
  withFolder(host.command('setup'), 'host')
    .description(
      'set up a host in one go, with questions: folder, pack, key, activation, port, DNS, service, and a first check',
    )
    .argument('<starter>', 'starter file of the vendor')
    .option('--key-file <file>', 'file with the host key; "-" for standard input')
    .option('--key <key>', 'the host key itself, which every account of this machine can see while the command runs')
    .option('--root-fingerprint <fingerprint>', 'the vendor’s root must have this SHA-256 fingerprint')
    .option('--authority <url>', 'address of the authority, if not the one of the starter file')
    .option('--recovery-key-file <file>', 'write the recovery key there instead of showing it')
    .option('--listen <address:port>', 'where to serve clients')
    .option('--admin <address:port>', 'where to serve /livez, /readyz and /metrics; "off" for nowhere')
    .option('--dns-zone <zone>', 'publish the host in this zone; may be repeated', several)
    .option('--dns-server <server>', 'name server that takes the updates, IP:PORT')
    .option('--dns-key-file <file>', 'file with the TSIG key for the updates')
    .option('--service', 'write a unit of systemd')
    .option('--yes', 'ask nothing, and take the usual answers')
    .action(async (file: string, options: SetupOptions & FolderOptions) => {
      if (options.key !== undefined) note(world, keyWarning)
      const dir = folderOf('host', options, world)
      const starter = readLimited(file, documentLimit, 'the starter file')
      const done = await setUp(dir, starter, options, world)
      print(world, options, { text: done.text, json: done.json })
    })
}

const keyWarning =
  'the host key is an argument: other accounts could see it in the list of processes, and it stands in the history of the shell; --key-file keeps it out of both'

function addCheck(host: Command, { world, endWith }: Shell): void {
  withFolder(host.command('check'), 'host')
    .description('look at everything that the host needs to do its work, and say what to do; nothing is changed')
    .action(async (options: FolderOptions) => {
      const { checkHost } = await import('@volact/host/check/check-host')
      const sources = { env: world.surroundings.env, flags: [] }
      const checks = await checkHost(folderOf('host', options, world), { now: world.now, sources })
      const hasProblem = checks.some(({ verdict }) => verdict === 'problem')
      print(world, options, { text: hostCheckText(checks), json: { checks } })
      endWith(hasProblem ? 4 : 0)
    })
}
