import type { AboveQuantity } from '@volact/core/document/entitlement'
import type { OpenedRequest } from '@volact/core/document/request'
import { days, type Instant } from '@volact/core/time'
import type { LogState } from '../state/log-state.ts'
import type { Terms } from './terms.ts'

/** How many leases are live, and what the agreement says of more than it covers (rule 19). */
export interface QuantityStatus {
  readonly agreed: number
  readonly live: number
  readonly above: AboveQuantity
}

/** What of an agreement and of a ledger is compared. */
interface Agreed {
  readonly entitlement: Pick<Terms['entitlement'], 'quantity' | 'aboveQuantity'>
}
type Leases = Pick<LogState, 'live'>

/** Tells what is agreed and used; nothing where no quantity was agreed. */
export function quantityStatus({ entitlement }: Agreed, state: Leases, now: Instant): QuantityStatus | undefined {
  const { quantity, aboveQuantity } = entitlement
  return quantity === undefined ? undefined : { agreed: quantity, live: state.live(now), above: aboveQuantity }
}

/**
 * The quantity that refuses a request one more lease, if it does. Who has a live lease keeps it, whatever is above: leases that run are never
 * cut short, and their renewals, which the fast way grants without asking, would be the same everywhere.
 */
export function refusingQuantity(
  { request, machine }: Pick<OpenedRequest, 'request' | 'machine'>,
  { entitlement: { quantity, aboveQuantity } }: Terms,
  state: LogState,
  now: Instant,
): number | undefined {
  if (aboveQuantity !== 'refuse' || quantity === undefined || state.live(now) < quantity) return undefined
  return state.isLive(machine, request.product, now) ? undefined : quantity
}

/** Tells once a day that more leases are live than were agreed, where the agreement wants it told. */
export class QuantityWatch {
  readonly #terms: Agreed
  readonly #state: Leases
  readonly #note: (text: string) => void
  #toldAt: Instant = -days(1)

  constructor(terms: Agreed, state: Leases, note: (text: string) => void) {
    this.#terms = terms
    this.#state = state
    this.#note = note
  }

  look(now: Instant): void {
    const status = now < this.#toldAt + days(1) ? undefined : quantityStatus(this.#terms, this.#state, now)
    if (status === undefined || status.above === 'report' || status.live <= status.agreed) return
    this.#toldAt = now
    this.#note(
      `ACTIVATED_ABOVE_QUANTITY: ${status.live} leases are live, and the agreement covers ${status.agreed}; nothing stops working`,
    )
  }
}
