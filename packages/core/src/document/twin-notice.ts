import { equal } from '../bytes.ts'
import { expectArray, expectBytes } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { type ForkNote, readForkNote } from './fork-entry.ts'
import { entryTime, type LedgerEntry, parseEntry } from './ledger-entry.ts'
import { openReceipt, parseReceipt } from './receipt.ts'
import type { OpenedLease } from './verify-lease.ts'

/**
 * Tells a machine that another one uses its identity (rule 18, protocol.md §9.3): an entry of the ledger in which it was granted, and
 * that entry's receipt under the very tree head that the grant has. As it was received, nothing in it is believed.
 */
export interface TwinNotice {
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
}

/** What a machine was told, and may act upon: it makes itself a new identity. */
export interface ToldTwin {
  /** When the host has found out. */
  readonly time: Instant
  /** Place of the notice in the ledger. */
  readonly index: number
}

/** Writes a notice as a grant message carries it. */
export function encodeTwinNotice({ entry, receipt }: TwinNotice): CborValue {
  return [entry, receipt]
}

/** Reads a notice out of a grant message without believing it. */
export function parseTwinNotice(value: CborValue): TwinNotice {
  const [entry = null, receipt = null] = expectArray(value, what, 2)
  return { entry: expectBytes(entry, what), receipt: expectBytes(receipt, what) }
}

/**
 * Says what the machine was told, only after all of it holds: the entry stands in the same signed tree as the grant of the answer that
 * it came with, and names the machine, the product and the nonce of that very request, and the last grant that it had named, `prev`: who
 * named none has no past that another machine could share. `answer` is what `verifyAnswer` gave for it.
 * `RECEIPT_INVALID`, `LEASE_MISMATCH`, or what the entry and the receipt cannot be read for.
 */
export function openTwinNotice(
  { entry: bytes, receipt: receiptBytes }: TwinNotice,
  { grant, head, hostCertificate }: Pick<OpenedLease, 'grant' | 'head' | 'hostCertificate'>,
  prev: Uint8Array | undefined,
): ToldTwin {
  const receipt = parseReceipt(receiptBytes)
  const proven = openReceipt(receipt, bytes, hostCertificate.publicKey)
  requireSame(proven.size === head.size && equal(proven.root, head.root), 'tree')
  requireSame(proven.time === head.time && equal(proven.logId, head.logId) && equal(proven.x5t, head.x5t), 'tree head')
  const entry = parseEntry(bytes)
  const note = readTwin(entry)
  requireSame(equal(note.machine, grant.machine), 'machine')
  requireSame(equal(note.product, grant.product), 'product')
  requireSame(equal(note.nonce, grant.nonce), 'request')
  requireSame(prev !== undefined && equal(note.shown, prev), 'last grant')
  return { time: entryTime(entry), index: receipt.inclusion.index }
}

const what = 'twin notice'

function readTwin(entry: LedgerEntry): Extract<ForkNote, { act: 'twin' }> {
  const note = readForkNote(entry)
  if (note?.act === 'twin') return note
  throw new ActivationError('LEASE_MISMATCH', `the ${what} is another entry of the ledger`)
}

function requireSame(isSame: boolean, thing: string): void {
  if (!isSame) throw new ActivationError('LEASE_MISMATCH', `the ${what} is for another ${thing}`)
}
