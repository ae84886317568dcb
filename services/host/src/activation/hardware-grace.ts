import { existsSync, rmSync } from 'node:fs'
import { days, type Instant } from '@volact/core/time'
import type { VendorFiles } from '../folder/files.ts'
import { readRecord, writeRecord } from '../folder/json-record.ts'

/** How long a host serves on with other hardware than was certified (rule 36). */
export const hardwareGrace: number = days(30)

/**
 * Says until when a host serves, from whether its hardware is the certified one: nothing while it is. The grace begins when other hardware
 * is found first, and a start does not begin it again; the hardware that was certified ends it.
 */
export function hardwareEnd(
  { hardwareGrace: path }: Pick<VendorFiles, 'hardwareGrace'>,
  found: 'certified' | 'other',
  now: Instant,
): Instant | undefined {
  if (found === 'certified') {
    rmSync(path, { force: true })
    return undefined
  }
  if (!existsSync(path)) writeRecord(path, { began: now })
  return readRecord(path, parse) + hardwareGrace
}

function parse(value: object): Instant | undefined {
  return 'began' in value && typeof value.began === 'number' ? value.began : undefined
}
