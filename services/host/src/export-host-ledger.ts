import { existsSync } from 'node:fs'
import { ActivationError } from '@volact/core/errors/activation-error'
import { openFolder } from '@volact/files/data-folder'
import { type ExportReport, exportLedger } from '@volact/ledger/export-ledger'
import { exportTiles, type TilesReport } from '@volact/ledger/export-tiles'
import { readCertificates } from './folder/certificates.ts'
import { chooseVendor, type Vendor } from './folder/vendor.ts'

export interface ExportHostLedgerOptions {
  readonly vendor?: string
  /** The first entry, and the one behind the last. */
  readonly from?: number
  readonly to?: number
  /** Whether names, addresses and requests of machines go along (rule 32). */
  readonly details?: 'with' | 'without'
  readonly onProgress?: (done: number, total: number) => void
}

/** Writes a range of a host's ledger, or all of it, into a file that proves itself, beside the running host. */
export function exportHostLedger(
  dir: string,
  path: string,
  { vendor: named, ...options }: ExportHostLedgerOptions,
): Promise<ExportReport> {
  const vendor = activatedVendor(dir, named)
  const certificates = readCertificates(vendor.files.chain)
  const [{ publicKey }] = certificates
  return exportLedger(vendor.files.ledger, path, {
    ...options,
    keys: [publicKey],
    chain: certificates.map(({ der }) => der),
  })
}

/** Writes a host's ledger as the files of a transparency log, with bundles of its entries, into a new folder. */
export function exportHostTiles(dir: string, folder: string, named?: string): Promise<TilesReport> {
  return exportTiles(activatedVendor(dir, named).files.ledger, folder)
}

/** Finds a vendor that has a ledger; `HOST_NOT_ACTIVATED`. */
export function activatedVendor(dir: string, named: string | undefined): Vendor {
  const vendor = chooseVendor(openFolder(dir, 'host').path, named)
  if (existsSync(vendor.files.chain)) return vendor
  const message = `this host has no ledger for ${vendor.id}: run "volact host activate" first`
  throw new ActivationError('HOST_NOT_ACTIVATED', message)
}
