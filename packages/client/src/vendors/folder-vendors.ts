import { existsSync, readdirSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { decodePem } from '@volact/core/der/pem'
import { openPack, type Pack } from '@volact/core/document/pack'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Certificate } from '@volact/core/x509/certificate'
import { parseRoot } from '@volact/core/x509/root'
import { fileError } from '@volact/files/file-error'
import { readLimited } from '@volact/files/read-limited'
import { fileLimits } from '../folder/client-files.ts'
import type { Note } from '../folder/kept-file.ts'
import { recordFor } from './pack-record.ts'
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
  const bytes = readLimited(files.pack, fileLimits.pack, 'the pack')
  const pack = openPack(bytes, roots, recordFor(files, bytes).installed)
  if (pack.catalog.vendor.id === id) return { roots, pack }
  throw new ActivationError('FOLDER_DAMAGED', `${files.pack} is the pack of ${pack.catalog.vendor.id}`)
}

/** Says whether a vendor is installed: its pack is written last. */
export function isInstalled(place: VendorPlace, id: string): boolean {
  return existsSync(vendorFiles(place, id).pack)
}

/** Reads the pinned roots of a vendor. A damaged pin is not replaced by the next pack that comes along: `FOLDER_DAMAGED` (rule 48). */
export function readRoots({ dir, roots }: VendorFiles): readonly Certificate[] {
  const text = decodeUtf8(readLimited(roots, fileLimits.roots, 'the root')) ?? ''
  try {
    return decodePem('CERTIFICATE', text).map(parseRoot)
  } catch (cause) {
    if (!(cause instanceof ActivationError)) throw cause
    const message =
      `${roots} is damaged, and with it is lost which root this vendor is known by: delete ${dir}, add the vendor again, ` +
      'and compare the fingerprint with the vendor on another way'
    throw new ActivationError('FOLDER_DAMAGED', message, { cause, data: { path: roots } })
  }
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
