import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Instant, toIso } from '@volact/core/time'
import type { HostStatus, VendorStatus } from '../status.ts'

/** Whether a host can do what it is there for, and if not, why: a phrase for each reason. */
export interface Readiness {
  readonly isReady: boolean
  readonly reasons: readonly string[]
}

/** Judges a host: it is ready when it can grant for some vendor and `writeProblem` names nothing that keeps it from recording. */
export function readinessOf(status: HostStatus, writeProblem: string | undefined, now: Instant): Readiness {
  const vendors = [status, ...status.others]
  const reasons = [
    ...(writeProblem === undefined ? [] : [`it cannot record: ${writeProblem}`]),
    ...(vendors.some((one) => grants(one, now))
      ? []
      : vendors.map((one) => `${one.vendor?.id ?? 'no vendor'}: ${reasonOf(one, now)}`)),
  ]
  return { isReady: reasons.length === 0, reasons }
}

function grants(vendor: VendorStatus, now: Instant): boolean {
  const { state, halted, clock } = vendor
  const isBelieved = clock !== 'behind' && clock !== 'ahead'
  return state === 'licensed' && halted === undefined && isBelieved && overSince(vendor, now) === undefined
}

function reasonOf(vendor: VendorStatus, now: Instant): string {
  return overSince(vendor, now) ?? vendor.reason
}

/** What has ended: the certificate, or the time for other hardware or an unconfirmed spare (rules 36 and 47). */
function overSince({ notAfter, hardwareEnd, spare }: VendorStatus, now: Instant): string | undefined {
  const ends = [
    ['its certificate', notAfter],
    ['its time on other hardware than was certified', hardwareEnd],
    ['its time as an unconfirmed spare', spare?.until],
  ] as const
  const [what, end] = ends.find(([, at]) => at !== undefined && now >= at) ?? []
  return what === undefined || end === undefined ? undefined : `${what} ended on ${toIso(end)}`
}

/** Enough for a batch of the largest entries. */
const probeBytes = 65_536

/** Writes and syncs a file in the folder, as an answer would be; says what keeps that from working. Answers go on meanwhile. */
export async function writeProblemOf(dir: string): Promise<string | undefined> {
  const path = join(dir, '.can-record')
  try {
    const file = await open(path, 'w', 0o600)
    try {
      await file.write(new Uint8Array(probeBytes))
      await file.sync()
    } finally {
      await file.close()
    }
    await rm(path)
    return undefined
  } catch (error) {
    await removeIfThere(path)
    return error instanceof Error ? error.message : String(error)
  }
}

/** Where nothing can be written, nothing can be removed either. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await rm(path, { force: true })
  } catch {
    // It stays, and does no harm: the next probe writes over it.
  }
}
