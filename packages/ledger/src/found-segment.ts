import type { Instant } from '@volact/core/time'
import { type Batch, BatchReader, type BatchRecord } from './batch-reader.ts'
import { damaged } from './damage.ts'
import { segmentEntries } from './ledger-files.ts'

/** What the newest segment of the entries holds. */
export interface FoundSegment {
  readonly number: number
  readonly seed: number
  readonly records: readonly BatchRecord[]
  /** Number of entries in the whole ledger. */
  readonly size: number
  /** Where the next batch will begin, and where the last one does. */
  readonly end: number
  readonly lastBatch: number
  /** Time of the last batch, 0 where there is none. */
  readonly lastTime: Instant
  /** Where the first record of a batch that is not whole is damaged or missing. */
  readonly broken: { readonly offset: number; readonly index: number } | undefined
  /** Size of the file, and whether something that was written later stands behind `end`. */
  readonly fileSize: number
  readonly hasMore: boolean
}

/** Reads a segment to the last whole batch. */
export function readSegment(descriptor: number, number: number, path: string): FoundSegment {
  const reader = new BatchReader(descriptor, number, path)
  const records: BatchRecord[] = []
  const first = number * segmentEntries
  let last: Batch | undefined
  for (let batch = reader.next(); batch !== undefined; batch = reader.next()) {
    const index = first + records.length
    if (batch.first !== index)
      throw damaged({ path, offset: batch.offset, index }, `a batch says that it begins with entry ${batch.first}`)
    for (const record of batch.records) records.push(record)
    last = batch
  }
  const { seed, offset, broken, size: fileSize } = reader
  const size = first + records.length
  const hasMore = offset < fileSize && reader.hasBatchBehind(size)
  const lastTime = last?.time ?? 0
  return {
    number,
    seed,
    records,
    size,
    end: offset,
    lastBatch: last?.offset ?? offset,
    lastTime,
    broken,
    fileSize,
    hasMore,
  }
}
