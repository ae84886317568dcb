import { describe, expect, it } from 'vitest'
import { sha256 } from '../crypto.ts'
import { codeOf } from './decoder-laws.fixture.ts'
import { filled, grantTime, TestHost } from './host.fixture.ts'
import { identifyDocument } from './identify.ts'
import { parseEntry } from './ledger-entry.ts'
import {
  encodeReportedMachines,
  encodeReportFile,
  openReport,
  parseReportedMachines,
  parseReportFile,
  readReport,
  type Report,
  reportArguments,
  type ReportFile,
} from './report.ts'

const machines = [{ machine: filled(1), product: filled(2, 16), granted: grantTime }]
const list = encodeReportedMachines(machines)

const report: Report = {
  ...{ from: grantTime - 100, to: grantTime, quantity: 50, peak: 41 },
  applications: [{ application: filled(3, 16), peak: 41 }],
  began: { size: 2, root: filled(4) },
  ended: { size: 3, root: filled(5) },
}

function fileOf(said: Report, beside?: Uint8Array, act = 'report'): { file: ReportFile; host: TestHost } {
  const host = new TestHost()
  const position = { index: host.tree.size, time: grantTime, cti: filled(6, 16) }
  const entry = host.append({ kind: 'administrative', act, arguments: reportArguments(said), ...position })
  const receipt = host.receipt(entry, host.sign())
  return { file: { entry, receipt, chain: host.chain, ...(beside && { machines: beside }) }, host }
}

describe('a report (rule 4)', () => {
  it('is an entry with its receipt, which the vendor checks without a network', () => {
    const { file, host } = fileOf(report)
    const bytes = encodeReportFile(file)
    expect(identifyDocument(bytes)).toBe('report')
    const { report: opened, proven } = openReport(parseReportFile(bytes), [host.root.certificate])
    expect(opened).toEqual(report)
    expect(proven.head.logId).toEqual(host.logId)
  })

  it('without a bound names none', () => {
    const { quantity, ...unbound } = report
    const { file } = fileOf(unbound)
    expect(quantity).toBe(50)
    expect(readReport(parseEntry(file.entry))).toEqual(unbound)
  })

  it('brings the machines only when they were asked for, bound to it by their digest', () => {
    const named = { ...report, machines: sha256(list) }
    const { file, host } = fileOf(named, list)
    const bytes = encodeReportFile(file)
    expect(openReport(parseReportFile(bytes), [host.root.certificate]).report).toEqual(named)
    expect(parseReportedMachines(list)).toEqual(machines)
    const roots = [host.root.certificate]
    const { entry, receipt, chain } = file
    expect(codeOf(() => openReport({ entry, receipt, chain }, roots))).toBe('LEASE_MISMATCH')
    expect(codeOf(() => openReport({ ...file, machines: encodeReportedMachines([]) }, roots))).toBe('LEASE_MISMATCH')
  })

  it('is no other act, and no other entry', () => {
    const { file, host } = fileOf(report, undefined, 'reports')
    expect(codeOf(() => openReport(file, [host.root.certificate]))).toBe('LEASE_MISMATCH')
    expect(readReport(parseEntry(host.entries[0] ?? filled(0)))).toBeUndefined()
  })
})
