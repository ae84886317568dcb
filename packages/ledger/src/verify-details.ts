import { closeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { equal } from '@volact/core/bytes'
import { detailsDigest } from '@volact/core/document/details'
import { openRequest, requestDigest } from '@volact/core/document/request'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Damage, damaged } from './damage.ts'
import { openIfThere } from './open-if-there.ts'
import { type DetailsPlace, DetailsReader } from './details-reader.ts'
import { type DetailsRecord, parseDetailsBody } from './details-record.ts'
import type { EntryDigests } from './entry-digests.ts'
import type { LedgerFiles } from './ledger-files.ts'
import { recordKinds } from './record.ts'

/** How many records are checked between two turns of the event loop. */
const stride = 500

/**
 * Checks that each request and its details of a segment are those that their entry names: a grant holds the digests of both; a sighting
 * names the machine, whose signed request holds the digest of the details. What was erased is not missed. Returns the length of the file.
 */
export async function verifyDetails(
  files: LedgerFiles,
  segment: number,
  entries: ReadonlyMap<number, EntryDigests>,
  breathe: () => Promise<void>,
): Promise<number> {
  const path = files.segment('details', segment)
  const descriptor = openIfThere(path)
  if (descriptor === undefined) return 0
  try {
    const reader = new DetailsReader(descriptor, segment, path)
    let checked = 0
    for (let record = await nextOf(reader); record !== undefined; record = await nextOf(reader)) {
      check(record, segment, { path, offset: record.offset }, entries)
      checked += 1
      if (checked % stride === 0) await breathe()
    }
    const { offset, size } = reader
    if (offset < size)
      throw damaged({ path, offset }, 'a record is not whole; a start of the host cuts off what a crash has torn')
    return size
  } finally {
    closeSync(descriptor)
  }
}

/** Where the host is just writing or erasing, a record that is not whole is looked at again. */
async function nextOf(reader: DetailsReader): Promise<DetailsPlace | undefined> {
  for (let tries = 0; ; tries += 1) {
    const found = reader.next()
    if (found !== undefined || reader.offset >= reader.size || tries === 3) return found
    await setTimeout(pause)
    reader.refresh()
  }
}

/** In milliseconds. */
const pause = 2

function check(
  { kind, body }: DetailsPlace,
  segment: number,
  place: Damage,
  entries: ReadonlyMap<number, EntryDigests>,
): void {
  if (kind !== recordKinds.details) {
    if (body.some((byte) => byte !== 0)) throw damaged(place, 'erased details hold more than zeros')
    return
  }
  try {
    const record = parseDetailsBody(body, segment)
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
