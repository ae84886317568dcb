import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { equal, toHex } from '@volact/core/bytes'
import { parseCheckpoint } from '@volact/core/document/checkpoint'
import { entitlementOf } from '@volact/core/document/entitlement'
import type { Predecessor } from '@volact/core/document/predecessor'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { HostActivatedMessage } from '@volact/core/wire/host-activation-messages'
import { decodeMessage } from '@volact/core/wire/message'
import { encodeMessageFile, parseMessageFile } from '@volact/core/wire/message-file'
import { lockFolder } from '@volact/files/lock'
import { requireOwnFolder } from '@volact/files/own-folder'
import { readLimited } from '@volact/files/read-limited'
import { completeActivation, installNewerPack } from '../activate-host.ts'
import { askAuthority } from '../activation/ask-authority.ts'
import { finishActivation, installActivation } from '../activation/install-activation.ts'
import { prepareActivation } from '../activation/prepare.ts'
import { exists } from '../backup/backup-writer.ts'
import { requirePassphrase } from '../backup/seal.ts'
import { activatedVendor } from '../export-host-ledger.ts'
import { openActivated } from '../folder/activated.ts'
import { readCertificates } from '../folder/certificates.ts'
import { fileLimits } from '../folder/files.ts'
import { openVendor, type Vendor } from '../folder/vendor.ts'
import { refusalError } from '../renewal/renew-host.ts'
import { sealSpare } from './seal-spare.ts'
import { makeSpareFolder } from './spare-folder.ts'
import { unknownHardware } from './unknown-hardware.ts'

export interface RequestSpareOptions {
  /** Needed only where the host has several vendors. */
  readonly vendor?: string
  readonly now: Instant
}

export interface PrepareSpareOptions extends RequestSpareOptions {
  readonly passphrase: string
  /** An https URL; without it, the one that the starter file named. */
  readonly authority?: string
  /** What the vendor has answered to the file of `requestSpare`; then nobody is asked. */
  readonly answer?: Uint8Array
}

/** A spare that is sealed in a file. Plain JSON. */
export interface PreparedSpare {
  readonly file: string
  readonly vendor: string
  readonly customer: string
  readonly logId: string
  /** The log of the host that it is to stand in for. */
  readonly predecessor: string
  /** Last second of the certificate: until then it can take over. */
  readonly notAfter: Instant
  /** How many more hosts the key activates; nothing where an earlier try was told. */
  readonly hostsLeft?: number
}

/** Writes what the vendor is to answer for a spare, for a host without a network, which may be running (rule 47). */
export async function requestSpare(dir: string, options: RequestSpareOptions): Promise<Uint8Array> {
  const { path, vendor } = open(dir, options)
  return withSpareFolder(path, vendor, options.now, async (folder) => {
    if (!isComplete(openVendor(folder, vendor.id))) return encodeMessageFile([await ask(folder, vendor, options.now)])
    const message = 'a spare has its certificate already, and only the file is missing: run "volact host spare prepare"'
    throw new ActivationError('USAGE', message)
  })
}

/**
 * Activates a spare in advance, as one of the hosts of the key, and seals it in a file (rule 47); beside the running host, which keeps
 * nothing of it. Killed at any moment, it goes on where it was when run again, for one activation. `USAGE` for a short passphrase,
 * `FILE_EXISTS`, and the authority's refusal by its code.
 */
export async function prepareSpare(dir: string, file: string, options: PrepareSpareOptions): Promise<PreparedSpare> {
  const { path, vendor } = open(dir, options)
  const { now, passphrase } = options
  requirePassphrase(passphrase)
  if (existsSync(file)) throw exists(file)
  const prepared = await withSpareFolder(path, vendor, now, async (folder) => {
    const its = openVendor(folder, vendor.id)
    const hostsLeft = isComplete(its) ? undefined : await completeSpare(folder, vendor, options)
    const { customer, notAfter, ...ids } = describe(its)
    await sealSpare(folder, file, { now, passphrase })
    return { file, vendor: vendor.id, customer, ...ids, notAfter, ...(hostsLeft !== undefined && { hostsLeft }) }
  })
  rmSync(vendor.files.spare, { recursive: true, force: true })
  return prepared
}

function open(dir: string, { vendor: named }: RequestSpareOptions): { readonly path: string; readonly vendor: Vendor } {
  requireOwnFolder(dir)
  const vendor = activatedVendor(dir, named)
  const [leaf] = readCertificates(vendor.files.chain)
  if (entitlementOf(leaf).spareFor === undefined) return { path: dir, vendor }
  const message = 'this host is a spare itself: have it confirmed first, with "volact host spare confirm"'
  throw new ActivationError('SPARE_NOT_CONFIRMED', message)
}

async function withSpareFolder<T>(
  dir: string,
  vendor: Vendor,
  now: Instant,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = makeSpareFolder(dir, vendor, now)
  const lock = lockFolder(folder)
  try {
    return await act(folder)
  } finally {
    lock.release()
  }
}

function ask(folder: string, vendor: Vendor, now: Instant): Promise<Uint8Array> {
  const predecessor = lastCheckpoint(vendor)
  return prepareActivation(folder, openVendor(folder, vendor.id), { now, probe: unknownHardware, predecessor })
}

/** The head as it lies beside the entries: a host that runs has signed newer ones, and this one is no less its own. */
function lastCheckpoint({ files }: Vendor): Predecessor {
  const checkpoint = readLimited(join(files.ledger, 'head.cose'), fileLimits.checkpoint, 'the signed head')
  return { logId: parseCheckpoint(checkpoint).logId, checkpoint }
}

function askOnline(
  vendor: Vendor,
  request: Uint8Array,
  { authority = vendor.authority }: PrepareSpareOptions,
): Promise<HostActivatedMessage> {
  if (authority !== undefined) return askAuthority(authority, request, vendor.root)
  throw new ActivationError('USAGE', 'the address of the authority is not known: give it with --authority URL')
}

function answerIn(file: Uint8Array): HostActivatedMessage {
  const messages = parseMessageFile(file).map(decodeMessage)
  const answer = messages.find((message) => message.kind === 'host-activated')
  if (answer !== undefined) return answer
  const refusal = messages.find((message) => message.kind === 'refusal')
  if (refusal !== undefined) throw refusalError(refusal)
  throw new ActivationError('LEASE_MISMATCH', 'the file answers no request for a spare')
}

/** Another try has got so far, and only the file is missing. */
function isComplete({ files }: Vendor): boolean {
  finishActivation(files)
  return existsSync(files.chain)
}

/** Gets the certificate into place, and gives the number of hosts that the key has left. */
async function completeSpare(folder: string, vendor: Vendor, options: PrepareSpareOptions): Promise<number> {
  const { now } = options
  const request = await ask(folder, vendor, now)
  const answer = options.answer === undefined ? await askOnline(vendor, request, options) : answerIn(options.answer)
  const its = openVendor(folder, vendor.id)
  const { entitlement } = await completeActivation(its, answer.chain, now)
  const [predecessor] = readCertificates(its.files.predecessor)
  if (entitlement.spareFor === undefined || !equal(entitlementOf(predecessor).logId, entitlement.spareFor)) {
    // It would be a host like any other, for longer than a sealed key should be good for.
    throw new ActivationError('CHAIN_INVALID', 'the authority has not marked the certificate as that of a spare')
  }
  installActivation(its.files)
  installNewerPack(folder, its, answer, now)
  return answer.hostsLeft
}

function describe(its: Vendor): Pick<PreparedSpare, 'customer' | 'logId' | 'predecessor' | 'notAfter'> {
  const activated = openActivated(its)
  activated?.ledger.close()
  const { entitlement, notAfter = 0 } = activated?.certificate ?? {}
  if (entitlement?.spareFor === undefined) throw new Error('a spare that is complete has its certificate')
  const { customer, logId, spareFor } = entitlement
  return { customer, logId: toHex(logId), predecessor: toHex(spareFor), notAfter }
}
