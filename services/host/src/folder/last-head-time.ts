import type { PublicKey } from '@volact/core/crypto'
import { openCheckpoint } from '@volact/core/document/checkpoint'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { Instant } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'

/** Gives the time of the newest signed head. Heads never go back in time: a client refuses one that is older than its newest (rule 42). */
export function lastHeadTime(ledger: Pick<Ledger, 'head'>, signedBy: PublicKey): Instant {
  return attemptOrNothing(() => openCheckpoint(ledger.head() ?? new Uint8Array(0), signedBy))?.time ?? 0
}
