import type { ProductHealth } from './health.ts'

/** What an agent tells of itself: a line of the log each. Nothing of it is a secret. */
export type AgentEvent =
  | Started
  | { readonly event: 'note'; readonly text: string }
  | ({ readonly event: 'outcome'; readonly product: string } & NonNullable<ProductHealth['lastAttempt']>)
  | ({ readonly event: 'state' } & Pick<ProductHealth, 'product' | 'state' | 'reason'>)
  | { readonly event: 'released'; readonly product: string }
  | { readonly event: 'release-failed'; readonly product: string; readonly message: string }
  | { readonly event: 'reloaded'; readonly products: readonly string[] }
  | { readonly event: 'reload-failed'; readonly code: string; readonly message: string }
  | Refused
  | { readonly event: 'bug'; readonly message: string }
  | { readonly event: 'stopping' }
  | { readonly event: 'stopped' }

interface Started {
  readonly event: 'started'
  readonly address: string
  readonly admin: string
  readonly dir: string
  readonly products: readonly string[]
}

/** Requests that were refused for their form or pace, since the last line of this kind: one a minute at most. */
interface Refused {
  readonly event: 'refused'
  /** Of the last one. */
  readonly reason: string
  readonly count: number
}

/** Takes what an agent tells. */
export type AgentLog = (event: AgentEvent) => void
