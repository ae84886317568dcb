import { closeSync, openSync, statSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import { detailsDigest } from '@volact/core/document/details'
import { openRequest, requestDigest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Damage, damaged } from './damage.ts'
import { type DetailsRecord, parseDetailsRecord } from './details-record.ts'
import type { EntryDigests } from './entry-digests.ts'
import { RecordReader } from './record-reader.ts'

/**
 * Checks that each request and its details are those that their entry names: a grant holds the digests of both; a sighting
 * names the machine, whose signed request holds the digest of the details. What was erased is not missed.
 */
export function verifyDetails(path: string, entries: ReadonlyMap<number, EntryDigests>): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return
  const descriptor = openSync(path, 'r')
  try {
    const reader = new RecordReader(descriptor, 'details', path)
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      check(record.bytes, { path, offset: record.offset }, entries)
    }
    const { offset, size } = reader
    if (offset < size && reader.hasRecordBehind()) {
      throw damaged({ path, offset }, 'whole records stand behind one that is not')
    }
  } finally {
    closeSync(descriptor)
  }
}

function check(bytes: Uint8Array, place: Damage, entries: ReadonlyMap<number, EntryDigests>): void {
  try {
    const record = parseDetailsRecord(bytes)
    const entry = entries.get(record.index)
    // A running host may have written both after the entries were read.
    if (entry !== undefined && !fits(record, entry)) {
      throw damaged({ ...place, index: record.index }, 'request and details are not those of their entry')
    }
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code === 'LEDGER_DAMAGED') throw error
    throw damaged(place, error.message)
  }
}

function fits({ request, salt, details }: DetailsRecord, entry: EntryDigests): boolean {
  if (entry.req !== undefined) {
    if (!equal(requestDigest(request), entry.req)) return false
    return entry.detailsDigest === undefined || equal(detailsDigest(salt, details), entry.detailsDigest)
  }
  const opened = openRequest(request)
  return equal(opened.machine, entry.machine) && equal(detailsDigest(salt, details), opened.request.detailsDigest)
}
