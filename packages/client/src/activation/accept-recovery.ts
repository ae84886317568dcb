import { equal, toHex } from '@volact/core/bytes'
import { checkpointFromReceipt, parseReceipt } from '@volact/core/document/receipt'
import type { Recovery } from '@volact/core/document/recovery'
import {
  claimedRecovery,
  newestWithin,
  openRecoveryNotice,
  type RecoveryNotice,
} from '@volact/core/document/recovery-notice'
import type { VerifiedAnswer } from '@volact/core/document/verify-answer'
import { ActivationError } from '@volact/core/errors/activation-error'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { ErrorCode } from '@volact/core/errors/table'
import { readAcceptedRecovery } from '../folder/accepted-recovery.ts'
import { type KeptCheckpoint, readCheckpoint } from '../folder/checkpoints.ts'
import { silent } from '../folder/kept-file.ts'
import type { FolderEvent } from '../folder/license-memory.ts'
import type { Installation } from '../installation.ts'
import { installedProducts } from '../installed-products.ts'
import type { Store } from '../folder/store.ts'
import type { StoredLease } from './stored-leases.ts'

/** An answer from a ledger that goes on from an earlier size than is known here, and may. */
export interface RecoveredAnswer {
  readonly answer: VerifiedAnswer
  readonly recovery: Recovery
  /** The bytes of the recovery's entry. */
  readonly entry: Uint8Array
  /** The checkpoint that is given up. */
  readonly lost: Uint8Array
}

/** What the next request has to be so that a recovery can be accepted: the tree it must be consistent with, and its number. */
export interface RecoveryQuestion {
  readonly number: number
  readonly checkpoint: Uint8Array
}

interface Remembering {
  readonly installation: Installation
  readonly store: Store
}

/** What is wrong with a ledger that does not continue what is known: what a recovery may excuse. */
const excusable: ReadonlySet<ErrorCode> = new Set(['HOST_ROLLED_BACK', 'LOG_FORKED', 'CONSISTENCY_FAILED'])

/** Says whether a recovery might explain why an answer was refused. */
export function isExcusable(error: unknown): boolean {
  return error instanceof ActivationError && excusable.has(error.code)
}

/**
 * Accepts that a ledger goes on from an earlier size, or throws `RECOVERY_REFUSED` (rule 27). `verify` does all of protocol.md §10 to the
 * answer, with the given checkpoint as the one that must be continued; `shown` is the one that the request has named.
 */
export function acceptRecovery(
  notice: RecoveryNotice,
  kept: KeptCheckpoint,
  shown: Uint8Array | undefined,
  { installation, store, verify }: Remembering & { verify: (checkpoint: Uint8Array | undefined) => VerifiedAnswer },
): RecoveredAnswer {
  const logId = toHex(kept.head.logId)
  const known = leasesOf({ installation, store }, logId)
  const { kept: claimed } = claimedRecovery(notice)
  const within = known.filter(({ head }) => head.size <= claimed)
  const proven = within.find((lease) => shown !== undefined && equal(checkpointOf(lease), shown))
  const answer = verify(proven && checkpointOf(proven))
  const accepted = acceptedNumber(installation, logId, kept.bytes)
  const recovery = openRecoveryNotice(notice, answer, {
    checkpoint: kept.head,
    known: known.map(({ head }) => head.size),
    ...(accepted !== undefined && { accepted }),
    ...(proven && { proven: proven.head.size }),
  })
  return { answer, recovery, entry: notice.entry, lost: kept.bytes }
}

/**
 * Says how to ask again where more is known of the kept part than the first request has named: the newest tree within it that a lease
 * rests on. Nothing where the answer at hand has to do.
 */
export function questionAbout(
  notice: RecoveryNotice,
  logId: string,
  { installation, store }: Remembering,
): RecoveryQuestion | undefined {
  if (readCheckpoint(installation.files, logId, silent) === undefined) return undefined
  // What cannot be read excuses nothing, and is no fault of an answer that needs no excuse.
  const claimed = attemptOrNothing(() => claimedRecovery(notice))
  if (claimed === undefined) return undefined
  const leases = leasesOf({ installation, store }, logId)
  const size = newestWithin({ known: leases.map(({ head }) => head.size) }, claimed)
  const lease = leases.find(({ head }) => head.size === size)
  return lease && { number: claimed.number, checkpoint: checkpointOf(lease) }
}

/** Tells a person once that a ledger was recovered. */
export function recoveryEvent({ recovery, answer }: RecoveredAnswer): FolderEvent {
  const { kept, reason } = recovery
  const lost = `what stood behind its first ${kept} entries is lost`
  const text = `the host has recovered its ledger ${toHex(recovery.logId).slice(0, 16)}: ${lost}; its reason: ${printable(reason)}`
  return { at: answer.head.time, code: 'LOG_RECOVERED', text }
}

/** The reason comes from outside; control characters would forge lines. */
function printable(text: string): string {
  return JSON.stringify(text.replaceAll(/\p{C}/gu, ' '))
}

/** While the given-up checkpoint still lies there, a crash came between the two writings, and the same recovery is good once more. */
function acceptedNumber({ files }: Installation, logId: string, kept: Uint8Array): number | undefined {
  const accepted = readAcceptedRecovery(files, logId, silent)
  if (accepted === undefined) return undefined
  return equal(accepted.lost, kept) ? accepted.recovery.number - 1 : accepted.recovery.number
}

function leasesOf({ installation, store }: Remembering, logId: string): readonly StoredLease[] {
  return installedProducts(installation.vendors, store.settings, silent)
    .flatMap((sold) => installation.leases.read(sold, silent) ?? [])
    .filter((lease) => lease.logId === logId)
}

function checkpointOf({ lease, head }: StoredLease): Uint8Array {
  return checkpointFromReceipt(parseReceipt(lease.receipt), head.root)
}
