import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { openCheckpoint, parseCheckpoint } from '@volact/core/document/checkpoint'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { Ledger } from '@volact/ledger/ledger'
import type { Recoveries, StoredRecovery } from '../recovery/recoveries.ts'

/** What a checkpoint that a client shows says about our own ledger. */
export type ShownCheckpoint =
  | { readonly kind: 'of-no-interest' }
  /** Our tree continues it, from this size on. */
  | { readonly kind: 'continued'; readonly size: number }
  /** We have signed it, and it was lost with what our own recovery says is lost (rule 27). */
  | { readonly kind: 'recovered'; readonly recovery: StoredRecovery }
  /** We have signed it, and it is not in our tree (rule 26). */
  | { readonly kind: 'contradicts'; readonly code: 'LOG_FORKED' | 'HOST_ROLLED_BACK' }

/** What is our own: the log, every key that has signed its heads, and how it was recovered. */
export interface OwnLog {
  readonly logId: Uint8Array
  readonly keys: readonly PublicKey[]
  readonly recoveries: Recoveries
}

/** Compares a checkpoint from outside with our tree. The signature is checked only where the two do not fit. */
export function examineCheckpoint(
  bytes: Uint8Array | undefined,
  ledger: Ledger,
  { logId, keys, recoveries }: OwnLog,
): ShownCheckpoint {
  const shown = bytes === undefined ? undefined : attemptOrNothing(() => parseCheckpoint(bytes))
  if (bytes === undefined || shown === undefined || shown.size === 0 || !equal(shown.logId, logId)) {
    return { kind: 'of-no-interest' }
  }
  const isInside = shown.size <= ledger.size
  if (isInside && equal(ledger.rootAt(shown.size), shown.root)) return { kind: 'continued', size: shown.size }
  const isOurs = keys.some((key) => attemptOrNothing(() => openCheckpoint(bytes, key)) !== undefined)
  const recovery = isOurs ? recoveries.excusing(shown) : undefined
  if (recovery !== undefined) return { kind: 'recovered', recovery }
  if (isOurs) return { kind: 'contradicts', code: isInside ? 'LOG_FORKED' : 'HOST_ROLLED_BACK' }
  return { kind: 'of-no-interest' }
}
