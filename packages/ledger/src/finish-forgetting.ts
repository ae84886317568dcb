import { parseEntry } from '@volact/core/document/ledger-entry'
import { entryKindNumber } from '@volact/core/document/plain-entry-body'
import { writeDurably } from '@volact/files/durable'
import type { BatchRecord } from './batch-reader.ts'
import { encodeJournal, finishErasures } from './erase-journal.ts'
import { findDetails } from './eraser.ts'
import type { FoundSegment } from './found-segment.ts'
import type { Ledger } from './ledger.ts'
import { segmentEntries } from './ledger-files.ts'
import { readEntries } from './read-entries.ts'

/** How many of the newest entries at least are looked at for what is still to be erased: others go on while somebody is forgotten. */
const lookedBack = 8_192

/** Erases what was named as forgotten just before a crash, and not erased any more. */
export function finishForgetting(ledger: Ledger, { number, records }: FoundSegment): void {
  const first = number * segmentEntries
  const before = Math.max(0, lookedBack - records.length)
  const earlier = readEntries(ledger.files, Math.max(0, first - before), first)
  const named = [...earlier, ...records].filter(isForgotten).flatMap(({ body }) => {
    const entry = parseEntry(body)
    return entry.kind === 'forgotten' ? entry.indexes : []
  })
  const erasures = ledger.unfinished(named)
  if (erasures.length === 0) return
  const details = [...findDetails(ledger.files, named)].filter((erasure) => erasure !== undefined)
  writeDurably(ledger.files.journal, encodeJournal([...details, ...erasures]))
  finishErasures(ledger.files)
}

/** An entry of this kind begins with an array of four and its number. */
const beginning = [0x84, entryKindNumber('forgotten')] as const

function isForgotten(record: BatchRecord): boolean {
  return record.beginsWith(...beginning) && !record.erased
}
