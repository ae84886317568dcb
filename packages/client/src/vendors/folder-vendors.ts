import { existsSync, readdirSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { decodePem } from '@volact/core/der/pem'
import { openPack, type Pack } from '@volact/core/document/pack'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { parseRoot } from '@volact/core/x509/root'
import { fileError } from '@volact/files/file-error'
import { readLimited } from '@volact/files/read-limited'
import { fileLimits } from '../folder/client-files.ts'
import { type Note, parseJsonObject } from '../folder/kept-file.ts'
import { requireProtected } from './protected-folder.ts'
import type { Vendor } from './vendor.ts'
import { vendorFiles, type VendorFiles, type VendorPlace } from './vendor-place.ts'

/** What is installed of a vendor. */
export interface InstalledVendor {
  readonly roots: readonly Certificate[]
  readonly pack: Pack
}

/**
 * Reads the vendors of a place, for commands; the SDK is given them by the program that embeds it (rule 11). A vendor whose
 * files do not hold is left out with a note. `VENDORS_UNPROTECTED` when the system's place could be changed by others.
 */
export function readVendors(place: VendorPlace, note: Note): readonly Vendor[] {
  return vendorIds(place).flatMap((id) => {
    try {
      const { roots, pack } = readVendor(place, id)
      return { catalog: pack.catalog, roots, protection: place.protection }
    } catch (error) {
      if (!(error instanceof ActivationError) || error.code === 'VENDORS_UNPROTECTED') throw error
      note(`the vendor ${id} is ignored: ${error.message}`)
      return []
    }
  })
}

/**
 * Reads one vendor. Its pack is checked as of the time when it was installed: that its certificate has ended since then takes
 * no policy away.
 */
export function readVendor(place: VendorPlace, id: string): InstalledVendor {
  const files = vendorFiles(place, id)
  if (place.protection === 'system') [files.roots, files.pack, files.record].forEach(requireProtected)
  const roots = readRoots(files)
  const pack = openPack(readLimited(files.pack, fileLimits.pack, 'the pack'), roots, readInstalled(files))
  if (pack.catalog.vendor.id === id) return { roots, pack }
  throw new ActivationError('FOLDER_DAMAGED', `${files.pack} is the pack of ${pack.catalog.vendor.id}`)
}

/** Says whether a vendor is installed: its pack is written last. */
export function isInstalled(place: VendorPlace, id: string): boolean {
  return existsSync(vendorFiles(place, id).pack)
}

/** Reads the pinned roots of a vendor. */
export function readRoots({ roots }: VendorFiles): readonly Certificate[] {
  const text = decodeUtf8(readLimited(roots, fileLimits.roots, 'the root')) ?? ''
  return decodePem('CERTIFICATE', text).map(parseRoot)
}

function vendorIds(place: VendorPlace): readonly string[] {
  try {
    return existsSync(place.path)
      ? readdirSync(place.path)
          .filter((id) => isInstalled(place, id))
          .sort()
      : []
  } catch (error) {
    throw fileError(error, 'read', place.path)
  }
}

function readInstalled({ record }: VendorFiles): Instant {
  const installed = parseJsonObject(readLimited(record, fileLimits.record, 'the record')).get('installed')
  if (typeof installed === 'number' && Number.isSafeInteger(installed)) return installed
  throw new ActivationError('FOLDER_DAMAGED', `${record} does not say when the pack was installed: add it again`)
}
