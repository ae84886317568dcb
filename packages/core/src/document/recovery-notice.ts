import { equal } from '../bytes.ts'
import { expectArray, expectBytes } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { toIso } from '../time.ts'
import { verifyConsistency } from '../transparency/proof.ts'
import type { UnverifiedHead } from './checkpoint.ts'
import { parseEntry } from './ledger-entry.ts'
import { openReceipt, parseReceipt, type Receipt } from './receipt.ts'
import { openRecovery, parseRecovery, type Recovery } from './recovery.ts'
import type { TreeHead } from './tree-head.ts'
import type { OpenedLease } from './verify-lease.ts'

/**
 * Shows that a ledger goes on from an earlier size (rule 27, protocol.md §9.4): the recovery entry, and its receipt under the very tree
 * head that the grant beside it has, with the proof of consistency from the kept size. As it was received, nothing in it is believed.
 */
export interface RecoveryNotice {
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
}

/** What somebody remembers of a log who is told of a recovery. */
export interface RecoveryMemory {
  /** The newest checkpoint that is kept of the log; it was verified when it was kept. */
  readonly checkpoint: Pick<UnverifiedHead, 'logId' | 'size' | 'root' | 'time'>
  /** The highest number that was accepted for this log, where one was. */
  readonly accepted?: number
  /** Sizes of all trees of this log that are known beside it, such as those that leases rest on. */
  readonly known: readonly number[]
  /** From which size the grant's own receipt has proved consistency, which has been verified. */
  readonly proven?: number
}

/** Writes a notice as a message carries it. */
export function encodeRecoveryNotice({ entry, receipt }: RecoveryNotice): CborValue {
  return [entry, receipt]
}

/** Reads a notice out of a message without believing it. */
export function parseRecoveryNotice(value: CborValue): RecoveryNotice {
  const [entry = null, receipt = null] = expectArray(value, what, 2)
  return { entry: expectBytes(entry, what), receipt: expectBytes(receipt, what) }
}

/**
 * Returns a recovery only after the recovery key that the certificate names has signed it, its entry stands in the signed tree behind
 * what was kept, the tree continues the kept root, the number is higher than any that was accepted, and the own checkpoint lies beyond
 * the kept size and was signed before (rule 27): whoever lost nothing accepts no excuse. `RECOVERY_REFUSED` says what is wrong.
 */
export function openRecoveryNotice(
  { entry: bytes, receipt: receiptBytes }: RecoveryNotice,
  { head, hostCertificate, entitlement }: Pick<OpenedLease, 'head' | 'hostCertificate' | 'entitlement'>,
  memory: RecoveryMemory,
): Recovery {
  const { checkpoint, accepted, proven } = memory
  const receipt = parseReceipt(receiptBytes)
  requireSameHead(openReceipt(receipt, bytes, hostCertificate.publicKey), head)
  const recovery = openRecovery(documentOf(bytes), entitlement.recoveryKey)
  demand(equal(recovery.logId, head.logId) && equal(checkpoint.logId, head.logId), 'it is for another ledger')
  demand(receipt.inclusion.index >= recovery.kept, 'its entry stands in the part that it says was kept')
  requireContinued(recovery, receipt, head)
  demand(checkpoint.size > recovery.kept, `it kept ${recovery.kept} entries, and ${checkpoint.size} are known here`)
  demand(checkpoint.time <= recovery.number, `it was signed before what is known here, at ${toIso(recovery.number)}`)
  const isNewer = accepted === undefined || recovery.number > accepted
  demand(isNewer, `its number ${recovery.number} is not higher than the last one that was accepted`)
  const within = newestWithin(memory, recovery)
  demand(within === undefined || within === proven, `that its first ${String(within)} entries were kept was not shown`)
  return recovery
}

/** The largest tree that is known and lies within what a recovery says was kept: from there consistency is asked for (rule 27). */
export function newestWithin({ known }: Pick<RecoveryMemory, 'known'>, { kept }: Recovery): number | undefined {
  const within = known.filter((size) => size <= kept)
  return within.length === 0 ? undefined : Math.max(...within)
}

/** Reads what a notice says, believing nothing: to know from where consistency has to be asked for. */
export function claimedRecovery({ entry }: RecoveryNotice): Recovery {
  return parseRecovery(documentOf(entry))
}

const what = 'recovery'

function documentOf(bytes: Uint8Array): Uint8Array {
  const entry = parseEntry(bytes)
  if (entry.kind === 'recovery') return entry.document
  throw refused(`its entry is a ${entry.kind}`)
}

function requireSameHead(shown: TreeHead, head: TreeHead): void {
  const isSame = shown.size === head.size && equal(shown.root, head.root) && shown.time === head.time
  demand(isSame && equal(shown.x5t, head.x5t), 'its receipt is of another tree head than the grant')
}

/** Of the same size only a tree that was kept whole; but the entry itself stands behind it, so that there is always a proof. */
function requireContinued({ kept, root }: Recovery, { consistency }: Receipt, head: TreeHead): void {
  const sizes = { from: kept, to: head.size }
  const roots = { fromRoot: root, toRoot: head.root }
  const holds = consistency?.from === kept && verifyConsistency({ ...sizes, ...roots, path: consistency.path })
  demand(holds, 'the ledger does not continue what it says was kept')
}

function demand(holds: boolean, problem: string): void {
  if (!holds) throw refused(problem)
}

function refused(problem: string): ActivationError {
  return new ActivationError('RECOVERY_REFUSED', `the recovery of the host is not accepted: ${problem}`)
}
