import type { Client, ClientStatus } from '@volact/client/open-client'
import type { Duration } from '@volact/core/time'

/** How one product stands. */
export interface ProductHealth {
  /** Slug. */
  readonly product: string
  readonly state: ClientStatus['state']
  readonly reason?: ClientStatus['reason']
  /** How the last attempt to activate or renew ended. */
  readonly lastAttempt?: ClientStatus['lastAttempt']
}

/** How an agent is. */
export interface AgentHealth {
  readonly state: 'serving' | 'stopping'
  readonly version: string
  readonly products: readonly ProductHealth[]
  /** The newest of all attempts. */
  readonly lastOutcome?: { readonly product: string } & NonNullable<ClientStatus['lastAttempt']>
  /** Seconds since the start. */
  readonly uptime: Duration
  /** Resident memory, in bytes. */
  readonly rss: number
}

/** Tells how each product stands. */
export function productsOf(client: Client): readonly ProductHealth[] {
  return client.status().products.map((slug) => {
    const { state, reason, lastAttempt } = client.status(slug)
    return { product: slug, state, ...(reason !== undefined && { reason }), ...(lastAttempt && { lastAttempt }) }
  })
}

/** Finds the newest attempt. */
export function lastOutcomeOf(products: readonly ProductHealth[]): AgentHealth['lastOutcome'] {
  return products
    .flatMap(({ product, lastAttempt }) => (lastAttempt === undefined ? [] : { product, ...lastAttempt }))
    .toSorted((a, b) => b.at - a.at)[0]
}
