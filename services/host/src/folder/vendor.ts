import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openPack, type Pack } from '@volact/core/document/pack'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { readLimited } from '@volact/files/read-limited'
import { readCertificates } from './certificates.ts'
import { fileLimits, hostFiles, type VendorFiles, vendorFiles } from './files.ts'
import { readRecord, writeRecord } from './json-record.ts'

/** A vendor whose pack is installed. */
export interface Vendor {
  readonly id: string
  readonly files: VendorFiles
  /** The pinned root. */
  readonly root: Certificate
  readonly pack: Pack
  /** When the pack was installed, or the one before it where a crash has left that. */
  readonly installed: Instant
  /** Address of the vendor's authority, where a starter file has named it. */
  readonly authority?: string
}

/** What is kept beside a pack: when it was verified and installed, and what the starter file said. */
export interface VendorRecord {
  readonly installed: Instant
  /** When the pack before it was, which is still there if a crash has kept this one from its place. */
  readonly before?: Instant
  readonly authority?: string
}

/** Names the vendors of a host's folder, in the order of their IDs. */
export function vendorIds(hostDir: string): readonly string[] {
  const { vendors } = hostFiles(hostDir)
  if (!existsSync(vendors)) return []
  return readdirSync(vendors)
    .filter((id) => existsSync(join(vendors, id, 'pack.cose')))
    .sort()
}

/**
 * Opens what is installed of a vendor. Its pack is checked as of the time when it was installed: that its certificate has
 * ended since then takes no catalog away.
 */
export function openVendor(hostDir: string, id: string): Vendor {
  const files = vendorFiles(hostDir, id)
  const [root] = readCertificates(files.root)
  const { installed, before, ...record } = readRecord(files.record, parseRecord)
  const bytes = readLimited(files.pack, fileLimits.pack, 'the pack')
  return { id, files, root, ...openInstalled(bytes, root, [installed, before ?? installed]), ...record }
}

function openInstalled(
  bytes: Uint8Array,
  root: Certificate,
  [installed, before]: readonly [Instant, Instant],
): Pick<Vendor, 'pack' | 'installed'> {
  try {
    return { pack: openPack(bytes, [root], installed), installed }
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code !== 'CHAIN_EXPIRED' || before === installed) throw error
    return { pack: openPack(bytes, [root], before), installed: before }
  }
}

/** Opens the vendor that a command means: the one that is named, or the only one there is. */
export function chooseVendor(hostDir: string, id: string | undefined): Vendor {
  const ids = vendorIds(hostDir)
  const [only, ...more] = ids
  if (only === undefined) {
    throw new ActivationError('FILE_MISSING', 'no pack is installed: run "volact host pack install FILE" first')
  }
  if (id === undefined && more.length > 0) {
    throw new ActivationError('USAGE', `this host has several vendors: name one of ${ids.join(', ')}`)
  }
  if (id !== undefined && !ids.includes(id)) {
    throw new ActivationError('USAGE', `"${id}" is no vendor of this host, which has ${ids.join(', ')}`)
  }
  return openVendor(hostDir, id ?? only)
}

/** Writes what is kept beside a pack. */
export function writeVendorRecord({ record }: VendorFiles, content: VendorRecord): void {
  writeRecord(record, content)
}

function parseRecord(value: object): VendorRecord | undefined {
  if (!('installed' in value) || typeof value.installed !== 'number') return undefined
  const times = {
    installed: value.installed,
    ...('before' in value && typeof value.before === 'number' && { before: value.before }),
  }
  if (!('authority' in value)) return times
  return typeof value.authority === 'string' ? { ...times, authority: value.authority } : undefined
}
