import { equal, toHex } from '@volact/core/bytes'
import { thumbprint } from '@volact/core/cose/key'
import type { PublicKey } from '@volact/core/crypto'
import { openCheckpoint } from '@volact/core/document/checkpoint'
import { entitlementOf } from '@volact/core/document/entitlement'
import type { Predecessor } from '@volact/core/document/predecessor'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { HostKey } from '../activation/host-rows.ts'
import type { ProvenHostRequest } from '../activation/read-host-request.ts'
import { audit } from '../database/audit.ts'
import type { Database } from '../database/open-authority-database.ts'
import { findLog, type KnownLog } from '../renewal/witness-rows.ts'

/**
 * Checks what a spare says of itself before it gets its certificate (rule 47): it stands in for a host of the same key that is no spare
 * itself, it names a checkpoint that this host has signed, and no hardware, since nobody knows yet where it will run. `LOG_MISMATCH`,
 * `SPARE_NOT_CONFIRMED`, `SIGNATURE_INVALID`, `MALFORMED`.
 */
export async function checkSpare(
  db: Database,
  { entry, publicKey }: ProvenHostRequest,
  { key, now }: { readonly key: HostKey; readonly now: Instant },
): Promise<void> {
  const { predecessor, hardware } = entry
  if (predecessor === undefined) return
  if (!equal(hardware.anchor, thumbprint(publicKey)) || hardware.vector.some((component) => component !== null)) {
    throw new ActivationError('MALFORMED', 'a spare is for hardware that nobody knows yet, and names none')
  }
  const log = await findLog(db, predecessor.logId)
  if (log?.key.serial !== key.serial) {
    throw new ActivationError('LOG_MISMATCH', 'a spare stands in for a host that the same host key has activated')
  }
  if (entitlementOf(log.certificates[0]).spareFor !== undefined) {
    throw new ActivationError('SPARE_NOT_CONFIRMED', 'a spare has no spare of its own until it is confirmed')
  }
  await witnessPredecessor(db, predecessor, { log, now })
}

/** Looks at the checkpoint of a predecessor as a witness (rules 6, 28). One that contradicts what was seen is kept as evidence. */
export async function witnessPredecessor(
  db: Database,
  { logId, checkpoint }: Predecessor,
  { log, now }: { readonly log: KnownLog; readonly now: Instant },
): Promise<void> {
  const head = openAsSigned(checkpoint, log)
  if (!equal(head.logId, logId)) {
    throw new ActivationError('LOG_MISMATCH', 'the checkpoint is of another log than that of the predecessor')
  }
  const { size, root } = log.witnessed
  if (head.size !== size || equal(head.root, root)) return
  await db.insertInto('contradictions').values({ log_id: logId, time: now, code: 'LOG_FORKED', checkpoint }).execute()
  await audit(db, now, 'predecessor-forked', { serial: log.key.serial, log: toHex(logId) })
}

function openAsSigned(checkpoint: Uint8Array, { certificates }: KnownLog): TreeHead {
  for (const { publicKey } of certificates) {
    const head = openSignedWith(publicKey, checkpoint)
    if (head !== undefined) return head
  }
  throw new ActivationError('SIGNATURE_INVALID', 'the predecessor has not signed the checkpoint that the spare names')
}

/** Gives nothing where another key has signed. */
function openSignedWith(key: PublicKey, checkpoint: Uint8Array): TreeHead | undefined {
  try {
    return openCheckpoint(checkpoint, key)
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'SIGNATURE_INVALID') return undefined
    throw error
  }
}
