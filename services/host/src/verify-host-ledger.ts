import { existsSync } from 'node:fs'
import { equal, toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { openFolder } from '@volact/files/data-folder'
import type { CoveredFile } from '@volact/ledger/cover'
import { type LedgerReport, verifyLedger } from '@volact/ledger/verify-ledger'
import { readCertificates } from './folder/certificates.ts'
import { chooseVendor } from './folder/vendor.ts'

/** A ledger that was found good. Plain JSON: hexadecimal digits, and instants in seconds since 1970. */
export interface VerifiedLedger {
  readonly verified: true
  readonly vendor: string
  readonly logId: string
  readonly size: number
  readonly root: string
  /** When the head was signed, and when its last entry was written. */
  readonly signed: Instant
  readonly lastEntry: Instant
  /** Whole entries behind the head. */
  readonly unsigned: number
  readonly files: readonly CoveredFile[]
}

export interface VerifyHostLedgerOptions {
  readonly vendor?: string
  /** Is told how many of how many bytes are done. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Reads all of a host's ledger again, up to the newest signed head, beside the running host if there is one. `LEDGER_DAMAGED` says
 * where it is not what was signed.
 */
export async function verifyHostLedger(
  dir: string,
  { vendor: named, onProgress }: VerifyHostLedgerOptions = {},
): Promise<VerifiedLedger> {
  const vendor = chooseVendor(openFolder(dir, 'host').path, named)
  if (!existsSync(vendor.files.chain)) {
    throw new ActivationError(
      'HOST_NOT_ACTIVATED',
      `this host has no ledger for ${vendor.id}: run "volact host activate" first`,
    )
  }
  const [certificate] = readCertificates(vendor.files.chain)
  const report = await verifyLedger(vendor.files.ledger, {
    keys: [certificate.publicKey],
    ...(onProgress && { onProgress }),
  })
  if (!equal(report.head.x5t, certificate.fingerprint)) {
    const message = `the head in ${vendor.files.ledger} was signed under another certificate than ${vendor.files.chain}`
    throw new ActivationError('LEDGER_DAMAGED', message)
  }
  return { verified: true, vendor: vendor.id, ...figures(report) }
}

function figures({ head, lastTime, unsigned, files }: LedgerReport): Omit<VerifiedLedger, 'verified' | 'vendor'> {
  const { logId, root, size, time } = head
  return { logId: toHex(logId), root: toHex(root), size, signed: time, lastEntry: lastTime, unsigned, files }
}
