import type { Command } from 'commander'
import { decodeUtf8 } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { parseRecoveryKey } from '@volact/core/document/recovery-key'
import { toIso } from '@volact/core/time'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import type { RestoredHost, RestoredLog } from '@volact/host/backup/restore-host'
import type { RecoveredLog } from '@volact/host/recovery/recover-host'
import { type FolderOptions, folderOf, wholeNumber, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { readPassphrase, secretLimit } from '../passphrase.ts'
import { progressBar } from '../progress-bar.ts'
import type { Shell } from '../shell.ts'

interface BackupOptions extends FolderOptions {
  readonly passphraseFile?: string
}

interface RestoreOptions extends BackupOptions {
  readonly replace?: boolean
  readonly recoveryKeyFile?: string
  readonly reason?: string
}

interface RecoverOptions extends FolderOptions {
  readonly recoveryKeyFile: string
  readonly reason: string
  readonly kept?: number
  readonly vendor?: string
}

/** Adds the commands with which a host comes back. */
export function addHostBackupCommands(host: Command, shell: Shell): void {
  addBackup(host, shell)
  addRestore(host, shell)
  addRecover(host, shell)
}

function addBackup(host: Command, { world }: Shell): void {
  withFolder(host.command('backup'), 'host')
    .description('write all of the host’s folder into one file, while it runs')
    .argument('<file>', 'file to write; one that is there is not replaced')
    .option('--passphrase-file <file>', 'seal it with the passphrase in the first line of a file')
    .action(async (file: string, { passphraseFile, ...options }: BackupOptions) => {
      const { backupHost } = await import('@volact/host/backup/backup-host')
      const bar = progressBar(world, 'reading')
      const passphrase = passphraseFile === undefined ? {} : { passphrase: readPassphrase(passphraseFile) }
      const dir = folderOf('host', options, world)
      try {
        const done = await backupHost(dir, file, { now: world.now(), ...passphrase, onProgress: bar.show })
        bar.clear()
        const how = done.sealed ? 'sealed with the passphrase' : 'not sealed: it holds the keys of this host in clear'
        print(world, options, {
          text: `the backup is in ${done.file}: ${done.files} files, ${done.bytes} bytes, ${how}`,
          json: done,
          notes: [
            ...(done.sealed ? [] : ['whoever has this file can be this host: keep it as safe as the host itself']),
          ],
        })
      } finally {
        bar.clear()
      }
    })
}

function addRestore(host: Command, { world }: Shell): void {
  withFolder(host.command('restore'), 'host')
    .description('make the host’s folder again from a backup, and check its ledgers')
    .argument('<file>', 'backup to read')
    .option('--replace', 'move the folder that is there aside')
    .option('--passphrase-file <file>', 'the passphrase that it was sealed with, in the first line of a file')
    .option('--recovery-key-file <file>', 'recovery key: clients that know more than the backup then accept this host')
    .option('--reason <text>', 'stands in the ledger beside the recovery')
    .action(async (file: string, { passphraseFile, recoveryKeyFile, replace, reason, ...options }: RestoreOptions) => {
      const { restoreHost } = await import('@volact/host/backup/restore-host')
      const bars = {
        reading: progressBar(world, 'reading'),
        writing: progressBar(world, 'writing'),
        checking: progressBar(world, 'checking'),
      }
      const restored = await restoreHost(folderOf('host', options, world), file, {
        now: world.now(),
        ...(replace === true && { replace }),
        ...(passphraseFile !== undefined && { passphrase: readPassphrase(passphraseFile) }),
        ...(recoveryKeyFile !== undefined && { recoveryKey: readRecoveryKey(recoveryKeyFile) }),
        ...(reason !== undefined && { reason }),
        onProgress: (what, done, total) => {
          bars[what].show(done, total)
        },
      }).finally(() => {
        for (const bar of Object.values(bars)) bar.clear()
      })
      print(world, options, { text: restoredText(restored), json: restored, notes: adviceFor(restored) })
    })
}

function addRecover(host: Command, { world }: Shell): void {
  withFolder(host.command('recover'), 'host')
    .description('let the ledger go on from an earlier size, with the recovery key; the host does not run meanwhile')
    .requiredOption('--recovery-key-file <file>', 'the recovery key that "volact host init" has shown or written')
    .requiredOption('--reason <text>', 'stands in the ledger beside the recovery')
    .option(
      '--kept <n>',
      'entries that all clients know alike, where no restore has noted it',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ recoveryKeyFile, reason, kept, vendor, ...options }: RecoverOptions) => {
      const { recoverHost } = await import('@volact/host/recovery/recover-host')
      const recovered = await recoverHost(folderOf('host', options, world), {
        ...{ now: world.now(), recoveryKey: readRecoveryKey(recoveryKeyFile), reason },
        ...(kept !== undefined && { kept }),
        ...(vendor !== undefined && { vendor }),
      })
      print(world, options, {
        text: recovered.map(recoveredText).join('\n'),
        json: { logs: recovered },
        notes: [
          'make sure that no other copy of this host is ever started again: nothing excuses what it signs from now on',
        ],
      })
    })
}

/** Reads the recovery key as "volact host init" has written it, or as somebody has typed it from paper. */
function readRecoveryKey(path: string): Signer {
  const text = decodeUtf8(readLimited(path, secretLimit, 'the recovery key')) ?? ''
  requirePrivate(path)
  return parseRecoveryKey(text)
}

function restoredText({ dir, backup, replaced, logs }: RestoredHost): string {
  return [
    `the host of the backup of ${toIso(backup)} is in ${dir}; its ledgers were checked`,
    ...(replaced === undefined ? [] : [`the folder that was there is ${replaced}`]),
    ...logs.flatMap(logText),
  ].join('\n')
}

function logText({ vendor, size, lastEntry, missing, recovered }: RestoredLog): readonly string[] {
  const about = missing.exact ? String(missing.entries) : `about ${missing.entries}`
  return [
    `${vendor}: ${size} entries, the last one of ${toIso(lastEntry)}; ${about} may be missing`,
    ...(recovered === undefined ? [] : [recoveredText(recovered)]),
  ]
}

function recoveredText({ vendor, kept, number }: RecoveredLog): string {
  return `${vendor}: the recovery ${number} stands in the ledger; it goes on behind its first ${kept} entries`
}

function adviceFor({ logs, replaced }: RestoredHost): readonly string[] {
  const isRecovered = logs.length > 0 && logs.every(({ recovered }) => recovered !== undefined)
  const isWhole = logs.every(({ missing }) => missing.exact && missing.entries === 0)
  return [
    ...(replaced === undefined
      ? []
      : [`never start ${replaced} again: two hosts with one ledger contradict each other`]),
    ...(isRecovered ? [whatClientsSee.recovered] : isWhole ? [] : whatClientsSee.plain),
  ]
}

const whatClientsSee = {
  recovered:
    'clients that were granted something since the backup accept the recovery at their next renewal, and report it once',
  plain: [
    'a client that was granted something since the backup keeps its lease, but refuses this host, and stops it when they meet',
    'with the recovery key: "volact host recover --recovery-key-file FILE --reason TEXT" before the host is started',
    'without it: "volact host activate" begins a new ledger, which every client accepts; it takes one activation of the host key',
  ],
} as const
