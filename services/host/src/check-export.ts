import { toHex } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'
import type { Certificate } from '@volact/core/x509/certificate'
import { checkExport, type CheckExportOptions } from '@volact/ledger/check-export'

/** What an exported range was found to prove. Plain JSON but for the root: hexadecimal digits, and instants in seconds since 1970. */
export interface CheckedHostExport {
  readonly verified: true
  readonly customer: string
  readonly logId: string
  readonly from: number
  readonly to: number
  readonly size: number
  readonly root: string
  readonly signed: Instant
  readonly erased: number
  readonly withDetails: number
}

/** Checks an exported range without any host, and says on which root it rests. */
export async function checkHostExport(
  path: string,
  options: CheckExportOptions,
): Promise<{ readonly report: CheckedHostExport; readonly trusted: Certificate }> {
  const { head, root: trusted, customer, from, to, erased, withDetails } = await checkExport(path, options)
  const { logId, root, size, time } = head
  const report = {
    ...{ verified: true as const, customer, logId: toHex(logId), from, to, size, root: toHex(root) },
    ...{ signed: time, erased, withDetails },
  }
  return { report, trusted }
}
