import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { toHex } from '@volact/core/bytes'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { spareTerm, takeOverAct, takeOverArguments, takeOverIndex } from '@volact/core/document/spare'
import { signTreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import { hours, type Instant, toIso } from '@volact/core/time'
import { type HardwareProbe, hardwareIdOf } from '../activation/hardware.ts'
import { identityOf } from '../activation/identity.ts'
import { settleBackup } from '../backup/settle-backup.ts'
import { type Activated, openActivated } from '../folder/activated.ts'
import { chooseVendor, type Vendor } from '../folder/vendor.ts'
import { verifyHostLedger } from '../verify-host-ledger.ts'
import { newestCheckpoint } from './newest-checkpoint.ts'
import { openSealedSpare } from './seal-spare.ts'

export interface ActivateSpareOptions {
  readonly now: Instant
  readonly passphrase: string
  readonly probe: HardwareProbe
  /** A newer checkpoint of the lost host than the spare was made with, such as the head of its last backup. */
  readonly checkpoint?: Uint8Array
}

/** A spare that has taken over. Plain JSON. */
export interface ActivatedSpare {
  readonly dir: string
  readonly vendor: string
  readonly customer: string
  readonly logId: string
  readonly predecessor: string
  /** When it was sealed. */
  readonly prepared: Instant
  /** The first second in which it grants nothing, unless the vendor has confirmed it by then. */
  readonly until: Instant
  readonly notAfter: Instant
}

/**
 * Opens a spare into a new folder, without asking anybody, and lets it take over (rule 47): its ledger says from whom, and from then on it
 * grants for 60 days. All is checked, and written beside the place, before the folder gets its name. `PASSPHRASE_WRONG`, `BACKUP_DAMAGED`,
 * `UNSUPPORTED_VERSION`, `FOLDER_WRONG_ROLE`, `FILE_EXISTS`, `CHAIN_EXPIRED` when its year is over, `CLOCK_SKEW`.
 */
export async function activateSpare(dir: string, file: string, options: ActivateSpareOptions): Promise<ActivatedSpare> {
  const path = resolve(dir)
  const { now, passphrase } = options
  const { created, done } = await settleBackup(
    { path, purpose: 'spare', file, open: openSealedSpare, passphrase, now },
    async (fresh) => {
      await verifyHostLedger(fresh)
      return takeOver(chooseVendor(fresh, undefined), options)
    },
  )
  return { dir: path, ...done, prepared: created }
}

async function takeOver(
  vendor: Vendor,
  options: ActivateSpareOptions,
): Promise<Omit<ActivatedSpare, 'dir' | 'prepared'>> {
  const activated = openActivated(vendor)
  try {
    if (activated?.ledger.size !== takeOverIndex) {
      throw new ActivationError('BACKUP_DAMAGED', 'the file holds no spare that could take over')
    }
    requireTime(activated, options.now)
    const { entitlement, notAfter } = activated.certificate
    const time = Math.max(options.now, activated.ledger.lastTime)
    const predecessor = await appendTakeOver(vendor, activated, { ...options, now: time })
    const ids = { logId: toHex(entitlement.logId), predecessor: toHex(predecessor) }
    return { vendor: vendor.id, customer: entitlement.customer, ...ids, until: time + spareTerm, notAfter }
  } finally {
    activated?.ledger.close()
  }
}

/** A clock that is wrong would begin the 60 days at a wrong time, and nobody could put that right (rule 43). */
function requireTime({ certificate, ledger }: Activated, now: Instant): void {
  if (now > certificate.notAfter) {
    const message = `this spare could take over until ${toIso(certificate.notAfter)}: if the clock is right, ask the vendor`
    throw new ActivationError('CHAIN_EXPIRED', message)
  }
  if (now >= ledger.lastTime - hours(4)) return
  const message = `the clock says ${toIso(now)}, and the spare was made ${toIso(ledger.lastTime)}: set the clock right first`
  throw new ActivationError('CLOCK_SKEW', message)
}

async function appendTakeOver(
  vendor: Vendor,
  { ledger, certificate, signer }: Activated,
  { now: time, probe, checkpoint: shown }: ActivateSpareOptions,
): Promise<Uint8Array> {
  const { predecessor } = identityOf(ledger).entry
  if (predecessor === undefined)
    throw new ActivationError('BACKUP_DAMAGED', 'entry 0 of the spare names no predecessor')
  const checkpoint = newestCheckpoint(vendor.files, predecessor, shown)
  const hardware = hardwareIdOf(vendor.id, await probe(), signer.publicKey)
  const said = takeOverArguments({ logId: predecessor.logId, checkpoint, hardware })
  const position = { index: takeOverIndex, time, cti: new Uint8Array(randomBytes(16)) }
  await ledger.append([encodeEntry({ kind: 'administrative', act: takeOverAct, arguments: said, ...position })])
  const { leaf, entitlement } = certificate
  const head = { size: ledger.size, time, logId: entitlement.logId, x5t: leaf.fingerprint, root: ledger.root() }
  ledger.writeHead(encodeCheckpoint(signTreeHead(head, signer)))
  return predecessor.logId
}
