import { equal } from '@volact/core/bytes'
import { entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import { openReceipt, parseReceipt } from '@volact/core/document/receipt'
import { readTakeOver, type TakeOver, takeOverIndex } from '@volact/core/document/spare'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { EntryNotice } from '@volact/core/wire/host-renewal-messages'
import type { Certificate } from '@volact/core/x509/certificate'

/** How a spare took over, as its ledger proves it. */
export interface ProvenTakeOver extends TakeOver {
  readonly time: Instant
}

/**
 * Reads how a spare has taken over from the log that its certificate names (rule 47): the entry at its one place, under the very tree head
 * that the renewal shows. `SPARE_NOT_CONFIRMED` where nothing is shown, `RECEIPT_INVALID`, `LOG_MISMATCH`.
 */
export function openTakeOver(
  notice: EntryNotice | undefined,
  spareFor: Uint8Array,
  { head, certificate }: { readonly head: TreeHead; readonly certificate: Certificate },
): ProvenTakeOver {
  if (notice === undefined) {
    throw new ActivationError('SPARE_NOT_CONFIRMED', 'a spare is confirmed when it shows how it has taken over')
  }
  const receipt = parseReceipt(notice.receipt)
  const shown = openReceipt(receipt, notice.entry, certificate.publicKey)
  if (shown.size !== head.size || !equal(shown.root, head.root) || !equal(shown.logId, head.logId)) {
    throw new ActivationError('RECEIPT_INVALID', 'the entry by which the spare took over is shown under another tree')
  }
  const entry = parseEntry(notice.entry)
  const takeOver = readTakeOver(entry)
  if (takeOver === undefined || receipt.inclusion.index !== takeOverIndex || !equal(takeOver.logId, spareFor)) {
    throw new ActivationError(
      'LOG_MISMATCH',
      'the ledger of the spare does not begin with taking over from its predecessor',
    )
  }
  return { ...takeOver, time: entryTime(entry) }
}
