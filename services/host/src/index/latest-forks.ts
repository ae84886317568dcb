import { toHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { ForkStatus, HostStatus, VendorStatus } from '../status.ts'
import type { IndexDesk } from './index-desk.ts'
import type { VendorFork } from './read-forks.ts'

/** Adds to a status how the index does, and the latest forks and twins with the names of their machines, which only the index has. */
export async function withIndex(status: HostStatus, desk: IndexDesk): Promise<HostStatus> {
  const index = await desk.sync()
  const vendors = [status, ...status.others].flatMap(({ vendor }) => vendor?.id ?? [])
  const forks = await forksOf(vendors, desk)
  const others = status.others.map((other) => ({ ...other, ...namesOf(other, forks) }))
  return { ...status, ...namesOf(status, forks), others, index }
}

async function forksOf(vendors: readonly string[], desk: IndexDesk): Promise<readonly VendorFork[]> {
  try {
    // The answer to this question is of this type.
    return (await desk.ask({ verb: 'forks', vendors })) as readonly VendorFork[]
  } catch (error) {
    if (error instanceof ActivationError) return []
    throw error
  }
}

function namesOf(
  { vendor, forks, twins }: VendorStatus,
  rows: readonly VendorFork[],
): Pick<VendorStatus, 'latestForks'> {
  if (vendor === undefined || forks + twins === 0) return {}
  const mine = rows.filter((row) => row.vendor === vendor.id)
  return {
    latestForks: mine.map(({ time, act, machine, product, name, other_name: otherName }): ForkStatus => {
      const names = [name, otherName].map((called) => called ?? '')
      return { time, act, machine: toHex(machine), product, names }
    }),
  }
}
