import { existsSync, rmSync } from 'node:fs'
import { equal, toHex } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { reasonLimit, signRecovery } from '@volact/core/document/recovery'
import { signTreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { type Activated, openActivated } from '../folder/activated.ts'
import { readEarlierKeys } from '../folder/earlier.ts'
import { fileLimits, type VendorFiles } from '../folder/files.ts'
import { openVendor, type Vendor, vendorIds } from '../folder/vendor.ts'
import { timeToWrite } from '../folder/time-to-write.ts'
import { withHostFolder } from '../folder/with-host-folder.ts'
import { examineCheckpoint } from '../pipeline/shown-checkpoint.ts'
import { readLimited } from '@volact/files/read-limited'
import { openRecoveries, writeRecoveries } from './recoveries.ts'
import { readRestored } from './restored.ts'

export interface RecoverHostOptions {
  readonly now: Instant
  /** The host's recovery key, which no folder holds. */
  readonly recoveryKey: Signer
  /** For people, in the ledger for ever. */
  readonly reason: string
  /** Needed only where the host has several vendors that are not to be recovered alike. */
  readonly vendor?: string
  /** How many entries are common to all that is known of the ledger; without it, the size at which it was restored. */
  readonly kept?: number
}

/** A ledger that goes on from an earlier size. */
export interface RecoveredLog {
  readonly vendor: string
  readonly logId: string
  readonly kept: number
  readonly number: number
  /** Place of the recovery in the ledger. */
  readonly index: number
}

/**
 * Writes a recovery, signed by the recovery key, into the ledgers of a host that does not run: clients that know more of them than was
 * kept accept that, and what had stopped the host does not any more (rule 27). `SIGNATURE_INVALID` for another key, `USAGE` where nobody
 * knows what was kept.
 */
export function recoverHost(dir: string, options: RecoverHostOptions): Promise<readonly RecoveredLog[]> {
  return withHostFolder(dir, (path) => recoverFolder(path, options))
}

/** The same in a folder whose lock is held, or that nobody else knows yet. */
export async function recoverFolder(path: string, options: RecoverHostOptions): Promise<readonly RecoveredLog[]> {
  const { reason, vendor: named } = options
  if (reason.trim() === '' || reason.length > reasonLimit) {
    throw new ActivationError('USAGE', `say why the ledger is recovered, in 1 to ${reasonLimit} characters`)
  }
  const recovered: RecoveredLog[] = []
  for (const id of vendorIds(path).filter((vendor) => named === undefined || vendor === named)) {
    const vendor = openVendor(path, id)
    const activated = openActivated(vendor)
    if (activated === undefined) continue
    try {
      recovered.push(await recoverLog(vendor, activated, options))
    } finally {
      activated.ledger.close()
    }
  }
  if (recovered.length > 0) return recovered
  throw new ActivationError('HOST_NOT_ACTIVATED', 'this host has no ledger that could be recovered')
}

async function recoverLog(vendor: Vendor, activated: Activated, options: RecoverHostOptions): Promise<RecoveredLog> {
  const { ledger, certificate } = activated
  const { recoveryKey, reason, now } = options
  const { logId } = certificate.entitlement
  if (!equal(recoveryKey.publicKey.bytes, certificate.entitlement.recoveryKey)) {
    throw new ActivationError(
      'SIGNATURE_INVALID',
      'this is not the recovery key of this host: its certificate names another',
    )
  }
  const before = openRecoveries(vendor.files.recoveries, ledger)
  const kept = keptSize(vendor.files, ledger.size, options.kept)
  const index = ledger.size
  const time = timeToWrite(vendor.files, ledger, now)
  const recovery = { logId, kept, root: ledger.rootAt(kept), number: before.nextNumber(time), reason }
  const entry = encodeEntry({ kind: 'recovery', index, time, document: signRecovery(recovery, recoveryKey) })
  writeRecoveries(vendor.files.recoveries, [...before.all, { index, entry }])
  await ledger.append([entry])
  signHead(activated, time)
  forgetEvidence(vendor.files, activated)
  return { vendor: vendor.id, logId: toHex(logId), kept, number: recovery.number, index }
}

function keptSize(files: VendorFiles, size: number, named: number | undefined): number {
  const kept = named ?? readRestored(files)?.size
  if (kept === undefined) {
    const message =
      'nobody noted how much of this ledger its clients know alike: name it with --kept N, a number of entries that it has had ' +
      'before it was copied or restored; a smaller one does no harm, and 1 always does'
    throw new ActivationError('USAGE', message)
  }
  if (Number.isSafeInteger(kept) && kept >= 1 && kept <= size) return kept
  throw new ActivationError('USAGE', `the ledger has ${size} entries: of them 1 to ${size} can have been kept`)
}

function signHead({ ledger, certificate, signer }: Activated, time: Instant): void {
  const { leaf, entitlement } = certificate
  const head = { size: ledger.size, time, logId: entitlement.logId, x5t: leaf.fingerprint, root: ledger.root() }
  ledger.writeHead(encodeCheckpoint(signTreeHead(head, signer)))
}

/** What had stopped the host goes only where a recovery explains it. */
function forgetEvidence(files: VendorFiles, { ledger, certificate }: Activated): void {
  rmSync(files.restored, { force: true })
  if (!existsSync(files.forkEvidence)) return
  const own = {
    logId: certificate.entitlement.logId,
    keys: [certificate.leaf.publicKey, ...readEarlierKeys(files)],
    recoveries: openRecoveries(files.recoveries, ledger),
  }
  const shown = readLimited(files.forkEvidence, fileLimits.checkpoint, 'the checkpoint')
  if (examineCheckpoint(shown, ledger, own).kind !== 'contradicts') rmSync(files.forkEvidence)
}
