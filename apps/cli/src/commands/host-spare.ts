import type { Command } from 'commander'
import { days, type Instant, toIso } from '@volact/core/time'
import { writeDurably } from '@volact/files/durable'
import { readLimited } from '@volact/files/read-limited'
import type { ActivatedSpare } from '@volact/host/spare/activate-spare'
import type { PreparedSpare } from '@volact/host/spare/prepare-spare'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { print } from '../output.ts'
import { takePassphrase } from '../passphrase.ts'
import { documentLimit } from '../read-root.ts'
import type { Shell } from '../shell.ts'

interface VendorOptions extends FolderOptions {
  readonly vendor?: string
}

interface PrepareOptions extends VendorOptions {
  readonly output: string
  readonly passphraseFile?: string
  readonly authority?: string
  readonly answer?: string
}

interface ActivateOptions extends FolderOptions {
  readonly passphraseFile?: string
  readonly checkpoint?: string
}

/** Adds the commands of a spare: a second activation, prepared for the night on which the host is lost. */
export function addHostSpareCommands(host: Command, shell: Shell): void {
  const spare = host.command('spare').description('a second activation, sealed in a file, for when this host is lost')
  addPrepare(spare, shell)
  addRequest(spare, shell)
  addActivate(spare, shell)
  addConfirm(spare, shell)
}

function addPrepare(spare: Command, { world }: Shell): void {
  withFolder(spare.command('prepare'), 'host')
    .description('activate a spare in advance, as one of the hosts of the key, and seal it in a file; the host may run')
    .requiredOption('-o, --output <file>', 'file to write; one that is there is not replaced')
    .option('--passphrase-file <file>', 'the passphrase, of 12 characters at least, in the first line of a file')
    .option('--authority <url>', 'address of the authority, if no starter file has named it')
    .option('--answer <file>', 'what the vendor has answered to "volact host spare request"')
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ output, passphraseFile, authority, answer, vendor, ...options }: PrepareOptions) => {
      const { prepareSpare } = await import('@volact/host/spare/prepare-spare')
      const passphrase = await takePassphrase(world, passphraseFile, 'new')
      const prepared = await prepareSpare(folderOf('host', options, world), output, {
        ...{ now: world.now(), passphrase },
        ...(authority !== undefined && { authority }),
        ...(answer !== undefined && { answer: readLimited(answer, documentLimit, 'the answer') }),
        ...(vendor !== undefined && { vendor }),
      })
      print(world, options, { text: preparedText(prepared), json: prepared, notes: preparedNotes })
    })
}

function addRequest(spare: Command, { world }: Shell): void {
  withFolder(spare.command('request'), 'host')
    .description('write what the vendor is to answer for a spare, for a host without a network')
    .requiredOption('-o, --output <file>', 'file to write, for the vendor')
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ output, vendor, ...options }: VendorOptions & { readonly output: string }) => {
      const { requestSpare } = await import('@volact/host/spare/prepare-spare')
      const choice = { now: world.now(), ...(vendor !== undefined && { vendor }) }
      writeDurably(output, await requestSpare(folderOf('host', options, world), choice))
      print(world, options, {
        text: `the request for a spare is in ${output}; seal it with "volact host spare prepare --answer FILE -o FILE"`,
        json: { file: output },
        notes: ['the file holds the host key: bring it to the vendor, and nowhere else'],
      })
    })
}

function addActivate(spare: Command, { world }: Shell): void {
  withFolder(spare.command('activate'), 'host')
    .description('open a spare into a new folder: it takes over without the vendor, for 60 days')
    .argument('<file>', 'what "volact host spare prepare" has written')
    .option('--passphrase-file <file>', 'the passphrase, in the first line of a file')
    .option('--checkpoint <file>', 'the newest signed head of the lost host that was saved (head.cose of its ledger)')
    .action(async (file: string, { passphraseFile, checkpoint, ...options }: ActivateOptions) => {
      const { activateSpare } = await import('@volact/host/spare/activate-spare')
      const { probeHardware } = await import('@volact/client/hardware-probe')
      const now = world.now()
      const done = await activateSpare(folderOf('host', options, world), file, {
        ...{ now, passphrase: await takePassphrase(world, passphraseFile, 'known'), probe: probeHardware },
        ...(checkpoint !== undefined && { checkpoint: readLimited(checkpoint, 1_024, 'the checkpoint') }),
      })
      print(world, options, { text: activatedText(done, now), json: done, notes: whatClientsSee })
    })
}

function addConfirm(spare: Command, { world }: Shell): void {
  withFolder(spare.command('confirm'), 'host')
    .description('have the vendor confirm the spare that is in use: it is a host like any other from then on')
    .option('--authority <url>', 'address of the authority, if no starter file has named it')
    .option('--vendor <id>', 'vendor, where the host has several')
    .action(async ({ authority, vendor, ...options }: VendorOptions & { readonly authority?: string }) => {
      const { confirmSpare } = await import('@volact/host/spare/confirm-spare')
      const choice = { ...(authority !== undefined && { authority }), ...(vendor !== undefined && { vendor }) }
      const done = await confirmSpare(folderOf('host', options, world), { ...choice, now: world.now() })
      const text = `the spare is confirmed, and is the host of ${done.customer || 'an unnamed customer'} until ${toIso(done.notAfter)}`
      print(world, options, { text, json: done, notes: ['prepare the next spare: "volact host spare prepare"'] })
    })
}

function preparedText({ file, predecessor, notAfter, hostsLeft }: PreparedSpare): string {
  return [
    `the spare is in ${file}; it can take over from the host of the log ${predecessor} until ${toIso(notAfter)}`,
    ...(hostsLeft === undefined ? [] : [`the host key activates ${hostsLeft} more hosts`]),
  ].join('\n')
}

const preparedNotes = [
  'whoever has the file and the passphrase can be a host of yours: keep them apart, and away from this machine',
  'open it on one machine only: two hosts with one ledger contradict each other, and clients notice',
]

function activatedText({ dir, predecessor, prepared, until, notAfter }: ActivatedSpare, now: Instant): string {
  return [
    `spare in use: ${dir} stands in for the host of the log ${predecessor}, from which it was made ${toIso(prepared)}`,
    `it grants until ${toIso(until)}, ${Math.floor((until - now) / days(1))} more days, unless the vendor confirms it; no lease outlives ${toIso(notAfter)}`,
  ].join('\n')
}

const whatClientsSee = [
  'start it with "volact host serve", under the name and port of the lost host, or publish it in DNS',
  'clients accept it at their next renewal and show "spare in use"; leases that run go on; machines are counted anew as they come',
  'settings and pools of ephemeral machines are not in it: bring host.toml from a backup, and add the pools again',
  'never open the file on a second machine, nor start the lost host beside it without need',
  'in the next weeks: "volact host spare confirm", while it runs',
]
