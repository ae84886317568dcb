import { parseEntry } from '@volact/core/document/ledger-entry'
import { parseReceipt } from '@volact/core/document/receipt'
import { openReport, parseReportedMachines, parseReportFile, readReport } from '@volact/core/document/report'
import { toIso } from '@volact/core/time'
import { parseCertificate } from '@volact/core/x509/certificate'
import { certificateView } from './certificate.ts'
import type { Inspector } from './inspector.ts'
import { receiptView } from './tree-head.ts'
import { viewOf } from './view.ts'

/** A report file: the true-up of a period, and the proof that it stands in the ledger of its host. */
export const reportInspector: Inspector = {
  read: (bytes) => {
    const { entry, receipt, chain, machines } = parseReportFile(bytes)
    const report = readReport(parseEntry(entry))
    return {
      report:
        report === undefined
          ? viewOf(parseEntry(entry))
          : viewOf({ ...report, from: toIso(report.from), to: toIso(report.to) }),
      ...(machines && { machines: parseReportedMachines(machines).map((machine) => viewOf(machine)) }),
      receipt: receiptView(parseReceipt(receipt)),
      chain: chain.map((der) => certificateView(parseCertificate(der))),
    }
  },
  verify: (bytes, { roots }) => {
    const { proven } = openReport(parseReportFile(bytes), roots)
    return { by: 'the report stands in the ledger of its host, and the host is certified', root: proven.root }
  },
}
