import { equal } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectBytes, expectUint } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import { sha256 } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import type { Certificate } from '../x509/certificate.ts'
import { fileMark } from '../product-name.ts'
import { openContainer } from './container.ts'
import { type LedgerEntry, parseEntry } from './ledger-entry.ts'
import type { Lease } from './lease.ts'
import { digestLength, uuidLength } from './limits.ts'
import { present, presentFields } from './present.ts'
import { type ProvenEntry, proveEntry } from './verify-lease.ts'

/** The act under which a report stands in the ledger (rule 4, protocol.md §7.4). */
export const reportAct = 'report'

/** The text that report files begin with. */
export const reportFileMark: string = fileMark('report')

/** A tree at one end of a period. */
export interface ReportedTree {
  readonly size: number
  readonly root: Uint8Array
}

/** The true-up of a period: what was used of what was bought. */
export interface Report {
  readonly from: Instant
  /** Excluded. */
  readonly to: Instant
  /** Live leases that were bought; nothing where there is no bound. */
  readonly quantity?: number
  /** The most leases that were live on any day of the period, in all and by application. */
  readonly peak: number
  readonly applications: readonly { readonly application: Uint8Array; readonly peak: number }[]
  /** The ledger at both ends of the period: all entries written before. */
  readonly began: ReportedTree
  readonly ended: ReportedTree
  /** SHA-256 of the list of machines beside it, where there is one. */
  readonly machines?: Uint8Array
}

/** A machine of a period, with a product and its last grant then. It has no name: names stay with the customer (rule 31). */
export interface ReportedMachine {
  readonly machine: Uint8Array
  readonly product: Uint8Array
  readonly granted: Instant
}

/** A report as a file: its entry, the proof that it stands in the ledger, whose ledger it is, and the machines if they were asked for. */
export interface ReportFile extends Lease {
  readonly machines?: Uint8Array
}

/** Gives the arguments of the entry. */
export function reportArguments(report: Report): ReadonlyMap<string, CborValue> {
  const { from, to, quantity, peak, applications, began, ended, machines } = report
  const fields: readonly (readonly [CborKey, CborValue | undefined])[] = [
    ['from', from],
    ['to', to],
    ['quantity', quantity],
    ['peak', peak],
    ['applications', applications.map((each) => [each.application, each.peak])],
    ['began', [began.size, began.root]],
    ['ended', [ended.size, ended.root]],
    ['machines', machines],
  ]
  return presentFields(fields) as ReadonlyMap<string, CborValue>
}

/** Reads a report out of its entry; nothing for any other entry. */
export function readReport(entry: LedgerEntry): Report | undefined {
  if (entry.kind !== 'administrative' || entry.act !== reportAct) return undefined
  const fields = new Fields(entry.arguments, what)
  return present({
    from: fields.uint('from'),
    to: fields.uint('to'),
    quantity: fields.optional('quantity', (key) => fields.uint(key)),
    peak: fields.uint('peak'),
    applications: fields.list('applications', parseApplication),
    began: parseTree(fields.array('began', 2)),
    ended: parseTree(fields.array('ended', 2)),
    machines: fields.optional('machines', (key) => fields.bytes(key, digestLength)),
  })
}

/** Writes the list of machines. */
export function encodeReportedMachines(machines: readonly ReportedMachine[]): Uint8Array {
  return encodeCbor(machines.map(({ machine, product, granted }) => [machine, product, granted]))
}

/** Reads the list of machines. */
export function parseReportedMachines(bytes: Uint8Array): readonly ReportedMachine[] {
  return expectArray(decodeCbor(bytes, { depth: 4, items: 16_000_000 }), what).map((value) => {
    const [machine = null, product = null, granted = null] = expectArray(value, what, 3)
    return {
      machine: expectBytes(machine, what, digestLength),
      product: expectBytes(product, what, uuidLength),
      granted: expectUint(granted, what),
    }
  })
}

/** Writes a report file. */
export function encodeReportFile({ entry, receipt, chain, machines }: ReportFile): Uint8Array {
  const fields: readonly (readonly [number, CborValue | undefined])[] = [
    [1, entry],
    [2, receipt],
    [3, chain],
    [4, machines],
  ]
  return encodeCbor([reportFileMark, version, presentFields(fields)])
}

/** Reads a report file, believing nothing. */
export function parseReportFile(bytes: Uint8Array): ReportFile {
  const fields = new Fields(openContainer(bytes, { name: reportFileMark, version, what }), what)
  const file = present({
    entry: fields.bytes(1),
    receipt: fields.bytes(2),
    chain: fields.list(3, (der) => expectBytes(der, what)),
    machines: fields.optional(4, (key) => fields.bytes(key)),
  })
  fields.end()
  return file
}

/** A report that stands in the ledger of a host that a root vouches for. */
export interface OpenedReport {
  readonly report: Report
  readonly proven: ProvenEntry
}

/** Returns a report only after all of it holds: certificates, receipt, act, and the list of machines (rule 4). The codes of §10. */
export function openReport({ machines, ...lease }: ReportFile, roots: readonly Certificate[]): OpenedReport {
  const proven = proveEntry(lease, roots)
  const report = readReport(parseEntry(lease.entry))
  if (report === undefined) throw new ActivationError('LEASE_MISMATCH', 'the entry is no report')
  const listed = machines && sha256(machines)
  const fits =
    listed === undefined || report.machines === undefined ? listed === report.machines : equal(listed, report.machines)
  if (!fits) throw new ActivationError('LEASE_MISMATCH', 'the list of machines is not the one that the report names')
  return { report, proven }
}

const what = 'report'

const version = 1

function parseApplication(value: CborValue): Report['applications'][number] {
  const [application = null, peak = null] = expectArray(value, what, 2)
  return { application: expectBytes(application, what, uuidLength), peak: expectUint(peak, what) }
}

function parseTree([size = null, root = null]: readonly CborValue[]): ReportedTree {
  return { size: expectUint(size, what), root: expectBytes(root, what, digestLength) }
}
