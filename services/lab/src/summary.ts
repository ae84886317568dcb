import type { RunningHost } from '@volact/host/start-host'
import { verifyHostLedger } from '@volact/host/verify-host-ledger'
import type { LabProduct } from './reference-catalog.ts'

/** What came out of a lab. */
export interface LabSummary {
  readonly machines: number
  readonly threshold: number
  /** Machines that were told at first that too few had asked. */
  readonly refusedBelowThreshold: number
  readonly licensed: number
  /** The true count, and the one that is reported, which is capped. */
  readonly count: number
  readonly reportedCount: number
  readonly ledger: { readonly size: number; readonly root: string; readonly verified: boolean }
  readonly seconds: number
}

/** What the machines were told. */
export interface Tally {
  readonly machines: number
  readonly refusedBelowThreshold: number
  readonly licensed: number
}

/** Asks the host for its counts, and reads its ledger again from the first entry to the last. */
export async function summarize(
  tally: Tally,
  { product, family }: LabProduct,
  host: RunningHost,
  hostDir: string,
): Promise<Omit<LabSummary, 'seconds'>> {
  const { applications } = host.status()
  const counted = applications.find(({ families }) => families.some(({ slug }) => slug === product.family))
  const { size, root, verified } = await verifyHostLedger(hostDir)
  const { count = 0, reportedCount = 0 } = counted ?? {}
  const { machines, ...answered } = tally
  return { machines, threshold: family.threshold, ...answered, count, reportedCount, ledger: { size, root, verified } }
}
