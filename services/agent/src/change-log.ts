import type { AgentLog } from './agent-event.ts'
import type { ProductHealth } from './health.ts'

/** Writes what has changed since the last look: outcomes of attempts, whoever made them, and states. */
export class ChangeLog {
  readonly #log: AgentLog
  #known: ReadonlyMap<string, ProductHealth>

  /** `products` is what was there at the start, which is no change. */
  constructor(log: AgentLog, products: readonly ProductHealth[]) {
    this.#log = log
    this.#known = byName(products)
  }

  look(products: readonly ProductHealth[]): void {
    for (const health of products) this.#compare(health, this.#known.get(health.product))
    this.#known = byName(products)
  }

  #compare({ product, state, reason, lastAttempt }: ProductHealth, before: ProductHealth | undefined): void {
    if (lastAttempt !== undefined && JSON.stringify(lastAttempt) !== JSON.stringify(before?.lastAttempt)) {
      this.#log({ event: 'outcome', product, ...lastAttempt })
    }
    if (state === before?.state && reason === before.reason) return
    this.#log({ event: 'state', product, state, ...(reason !== undefined && { reason }) })
  }
}

function byName(products: readonly ProductHealth[]): ReadonlyMap<string, ProductHealth> {
  return new Map(products.map((health) => [health.product, health]))
}
