import { toHex, utf8 } from '@volact/core/bytes'
import { sha256 } from '@volact/core/crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { readLimited } from '@volact/files/read-limited'
import { fileLimits } from '../folder/client-files.ts'
import { instant, list, section, text } from '../folder/json-fields.ts'
import { parseJsonObject } from '../folder/kept-file.ts'
import type { VendorFiles } from './vendor-place.ts'

/** When a pack was installed, and which one: `vendor.json`. */
export interface PackRecord {
  readonly installed: Instant
  readonly number: number
  /** SHA-256 of the pack, hexadecimal digits. */
  readonly digest: string
}

/** Describes a pack that is installed now. */
export function recordOf(pack: Uint8Array, number: number, installed: Instant): PackRecord {
  return { installed, number, digest: digestOf(pack) }
}

/**
 * Reads the records of a vendor, the newest first: that of the pack that lies there, and while one is being replaced that of
 * the other, too, so that whichever of them is found after a crash is known.
 */
export function readRecords({ record }: Pick<VendorFiles, 'record'>): readonly PackRecord[] {
  const fields = parseJsonObject(readLimited(record, fileLimits.record, 'the record'))
  return list(fields.get('packs'), 'packs').map((item) => {
    const { installed, number, digest } = section(item, 'pack')
    return {
      installed: instant(installed, 'installed'),
      number: instant(number, 'number'),
      digest: text(digest, 'digest'),
    }
  })
}

/** Writes the record of a pack that is about to be installed, and of the one that it replaces. */
export function encodeRecords(records: readonly PackRecord[]): Uint8Array {
  return utf8(`${JSON.stringify({ packs: records })}\n`)
}

/** Finds the record of exactly this pack; `FOLDER_DAMAGED` where there is none. */
export function recordFor(files: VendorFiles, pack: Uint8Array): PackRecord {
  const found = readRecords(files).find((record) => isOf(record, pack))
  if (found !== undefined) return found
  throw new ActivationError('FOLDER_DAMAGED', `${files.record} does not say when this pack was installed: add it again`)
}

/** Says whether a record is of this pack. */
export function isOf({ digest }: PackRecord, pack: Uint8Array): boolean {
  return digest === digestOf(pack)
}

function digestOf(pack: Uint8Array): string {
  return toHex(sha256(pack))
}
