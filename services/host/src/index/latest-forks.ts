import { existsSync } from 'node:fs'
import { hostFiles } from '../folder/files.ts'
import type { ForkStatus, HostStatus, VendorStatus } from '../status.ts'
import { HostIndex } from './host-index.ts'

/** How many forks and twins a status names. */
const most = 10

/** Adds the latest forks and twins to a status, with the names of their machines, which only the index has. */
export async function withLatestForks(status: HostStatus, index: HostIndex | undefined): Promise<HostStatus> {
  const { others, ...first } = status
  const named = await Promise.all([first, ...others].map((vendor) => withForksOf(vendor, index)))
  return { ...status, ...named[0], others: named.slice(1) }
}

/** The same for a host that does not run: the index is opened for it, if there is one. */
export async function withForksFrom(hostDir: string, status: HostStatus): Promise<HostStatus> {
  const { index: path } = hostFiles(hostDir)
  const index = existsSync(path) ? await HostIndex.open(path, () => undefined) : undefined
  try {
    return await withLatestForks(status, index)
  } finally {
    await index?.close()
  }
}

async function withForksOf(status: VendorStatus, index: HostIndex | undefined): Promise<VendorStatus> {
  const { vendor } = status
  if (vendor === undefined || status.forks + status.twins === 0) return status
  const rows = (await index?.latestForks(vendor.id, most)) ?? []
  return {
    ...status,
    latestForks: rows.map(({ time, act, machine, product, name, other_name: otherName }): ForkStatus => {
      const names = [name, otherName].map((called) => called ?? '')
      return { time, act, machine, product, names }
    }),
  }
}
