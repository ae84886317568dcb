import { parseGrant } from '@volact/core/document/grant'
import { parseLeaseFile } from '@volact/core/document/lease'
import { parseReceipt } from '@volact/core/document/receipt'
import { openLease } from '@volact/core/document/verify-lease'
import { parseCertificate } from '@volact/core/x509/certificate'
import { certificateView } from './certificate.ts'
import type { Inspector } from './inspector.ts'
import { receiptView } from './tree-head.ts'
import { viewOf } from './view.ts'

/** A lease file: a grant, the proof that it stands in a ledger, and the certificates of whose ledger it is. */
export const leaseFileInspector: Inspector = {
  read: (bytes) => {
    const { entry, receipt, chain } = parseLeaseFile(bytes)
    return {
      grant: viewOf(parseGrant(entry)),
      receipt: receiptView(parseReceipt(receipt)),
      chain: chain.map((der) => certificateView(parseCertificate(der))),
    }
  },
  verify: (bytes, { roots, at }) => {
    const { root } = openLease(parseLeaseFile(bytes), { roots, at })
    return { by: 'the lease runs, stands in the ledger of its host, and the host is certified', root }
  },
}
