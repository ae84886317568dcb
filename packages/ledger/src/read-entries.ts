import { closeSync } from 'node:fs'
import { BatchReader, type BatchRecord } from './batch-reader.ts'
import { damaged } from './damage.ts'
import { openIfThere } from './open-if-there.ts'
import { type LedgerFiles, segmentEntries, segmentOf } from './ledger-files.ts'

/** Reads the entries from an index to before another, which all are durable, straight from the disk. `LEDGER_DAMAGED` where one is not there. */
export function* readEntries(files: LedgerFiles, from: number, to: number): Generator<BatchRecord> {
  for (let index = from; index < to;) {
    const segment = segmentOf(index)
    const end = Math.min(to, (segment + 1) * segmentEntries)
    yield* segmentEntriesOf(files, segment, index, end)
    index = end
  }
}

function* segmentEntriesOf(files: LedgerFiles, segment: number, from: number, to: number): Generator<BatchRecord> {
  const path = files.segment('entries', segment)
  const descriptor = openIfThere(path)
  if (descriptor === undefined) throw damaged({ path, index: from }, 'it is missing')
  try {
    const reader = new BatchReader(descriptor, segment, path)
    reader.skipTo(from)
    for (let next = from; next < to;) {
      const batch = reader.next()
      const isNext = batch !== undefined && (next === from ? batch.first <= from : batch.first === next)
      if (!isNext) throw damaged({ path, offset: reader.offset, index: next }, 'no whole batch is here')
      for (const record of batch.records) if (record.index >= next && record.index < to) yield record
      next = batch.first + batch.count
    }
  } finally {
    closeSync(descriptor)
  }
}
