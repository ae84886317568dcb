import { encodeBase64 } from '@volact/core/bytes'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { sha256 } from '@volact/core/crypto'
import {
  encodeReportedMachines,
  encodeReportFile,
  type Report,
  reportAct,
  reportArguments,
} from '@volact/core/document/report'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Instant, toIso } from '@volact/core/time'
import type { VendorService } from '../pipeline/vendor-service.ts'
import { machinesBetween, sizeBefore } from './reported-entries.ts'

/** Asks for the true-up of a period. Plain JSON. */
export interface ReportQuestion {
  readonly verb: 'report'
  readonly from: Instant
  /** Excluded; not later than now. */
  readonly to: Instant
  /** Lists the machines beside it, by their IDs. */
  readonly machines: boolean
  readonly vendor?: string
}

/** A report that stands in the ledger now. Plain JSON. */
export interface MadeReport {
  readonly vendor: string
  readonly from: Instant
  readonly to: Instant
  readonly quantity?: number
  readonly peak: number
  /** Entries at both ends of the period. */
  readonly began: number
  readonly ended: number
  /** How many machines are listed, where they are. */
  readonly machines?: number
  /** The file, in base64. */
  readonly file: string
}

/** Reads what came through the control socket. */
export function parseReportQuestion(question: unknown): ReportQuestion {
  const fields: Readonly<Record<string, unknown>> = { ...(typeof question === 'object' ? question : null) }
  const { from, to, machines, vendor } = fields
  if (typeof from !== 'number' || typeof to !== 'number') throw new Error('a report has a period')
  return { verb: 'report', from, to, machines: machines === true, ...(typeof vendor === 'string' && { vendor }) }
}

/**
 * Makes the true-up of a period an entry of the ledger, and gives the file that shows it: the vendor checks it offline, by the root alone
 * (rule 4). `USAGE` for a period that is none, or is not over.
 */
export async function makeReport(service: VendorService, { from, to, machines }: ReportQuestion): Promise<MadeReport> {
  requirePeriod(from, to, service.clock.time())
  const { log, terms } = service
  const [began, ended] = [await sizeBefore(log.ledger, from), await sizeBefore(log.ledger, to)]
  const listed = machines ? await machinesBetween(log.ledger, { from: began, to: ended }) : undefined
  const list = listed && encodeReportedMachines(listed)
  const report = {
    ...figures(service, from, to),
    ...treesOf(service, began, ended),
    ...(list && { machines: sha256(list) }),
  }
  const [recorded] = await service.recordActs([{ act: reportAct, arguments: reportArguments(report) }])
  if (recorded === undefined) throw new Error('one act gives one entry')
  const chain = log.certificate.chain.map(({ der }) => der)
  const file = encodeReportFile({
    entry: recorded.bytes,
    receipt: recorded.receipt,
    chain,
    ...(list && { machines: list }),
  })
  return {
    ...{ vendor: terms.catalog.vendor.id, from, to, peak: report.peak, began, ended },
    ...(report.quantity !== undefined && { quantity: report.quantity }),
    ...(listed && { machines: listed.length }),
    file: encodeBase64(file),
  }
}

function requirePeriod(from: Instant, to: Instant, now: Instant): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to > lastInstant) {
    throw new ActivationError('USAGE', 'a period lies between the years 1970 and 9999')
  }
  if (from >= to)
    throw new ActivationError('USAGE', `a period ends after it has begun: ${toIso(from)} to ${toIso(to)} is none`)
  if (to > now) throw new ActivationError('USAGE', `the period is not over: it is ${toIso(now)}`)
}

/** The last second that ISO 8601 writes with a year of four digits. */
const lastInstant = 253_402_300_799

function figures(
  { state, terms }: VendorService,
  from: Instant,
  to: Instant,
): Omit<Report, 'began' | 'ended' | 'machines'> {
  const { quantity } = terms.entitlement
  const applications = terms.catalog.applications.map(({ id }) => {
    return { application: uuidToBytes(id), peak: state.livePeak(from, to, id) }
  })
  return { from, to, ...(quantity !== undefined && { quantity }), peak: state.livePeak(from, to), applications }
}

function treesOf({ log }: VendorService, began: number, ended: number): Pick<Report, 'began' | 'ended'> {
  const tree = (size: number): Report['began'] => ({ size, root: log.ledger.rootAt(size) })
  return { began: tree(began), ended: tree(ended) }
}
