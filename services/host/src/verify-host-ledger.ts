import { equal, toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { CoveredFile } from '@volact/ledger/cover'
import { type LedgerReport, verifyLedger } from '@volact/ledger/verify-ledger'
import { readCertificates } from './folder/certificates.ts'
import { readEarlier } from './folder/earlier.ts'
import { activatedVendor } from './export-host-ledger.ts'

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
  /** The key of the signed notes beside the ledger, as tools of transparency logs take it (C2SP signed-note). */
  readonly noteKey: string
  /** Entries whose bytes were erased; their leaf hashes are in the tree (rule 31). */
  readonly erased: number
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
  const vendor = activatedVendor(dir, named)
  // Where a crash has kept a renewed host from signing, the newest head is one of the certificate before.
  const certificates = [readCertificates(vendor.files.chain)[0], ...readEarlier(vendor.files)]
  const report = await verifyLedger(vendor.files.ledger, {
    keys: certificates.map(({ publicKey }) => publicKey),
    ...(onProgress && { onProgress }),
  })
  if (!certificates.some(({ fingerprint }) => equal(report.head.x5t, fingerprint))) {
    const message = `the head in ${vendor.files.ledger} was signed under another certificate than ${vendor.files.chain}`
    throw new ActivationError('LEDGER_DAMAGED', message)
  }
  return { verified: true, vendor: vendor.id, ...figures(report) }
}

function figures(report: LedgerReport): Omit<VerifiedLedger, 'verified' | 'vendor'> {
  const { logId, root, size, time } = report.head
  const { lastTime, unsigned, erased, noteKey, files } = report
  return {
    logId: toHex(logId),
    root: toHex(root),
    size,
    signed: time,
    lastEntry: lastTime,
    unsigned,
    erased,
    noteKey,
    files,
  }
}
