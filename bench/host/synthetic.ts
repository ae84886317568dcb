import type { Instant } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'
import { GrantPress } from './synthetic-grant.ts'
import type { Sold } from './vendor.ts'

/** Machines that only the ledger knows: how many, and between which times they were granted. */
export interface Synthetic {
  readonly count: number
  readonly from: Instant
  readonly until: Instant
}

/** Grants of one batch. */
const batchLength = 8_192

/** Appends grants of machines that nobody has the keys of, through the ledger's own code. */
export async function appendSynthetic(ledger: Ledger, sold: Sold, { count, from, until }: Synthetic): Promise<void> {
  const press = new GrantPress(sold)
  for (let done = 0; done < count;) {
    const length = Math.min(batchLength, count - done)
    const time = from + Math.floor(((until - from) * done) / count)
    const first = ledger.size
    const entries = Array.from({ length }, (_, position) => press.grant(first + position, time))
    await ledger.append({ first, time, entries })
    done += length
  }
}
