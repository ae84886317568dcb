import type { Step } from '@volact/core/licensing/schedule'
import type { License } from '../sdk/license.ts'

/** A client that keeps its products activated by itself. */
export interface RunningClient {
  /** What comes next by itself, and when; nothing where no key is installed. */
  readonly next: NextStep | undefined
  /** Asks for every product now, whatever is planned; resolves when each has had its answer or its failure. */
  tryNow(): Promise<void>
  /** Ends it. An attempt that is under way is broken off, and costs nothing. */
  stop(): Promise<void>
}

/** A step of one product; a time that has come already means now. */
export type NextStep = Step & {
  /** Slug. */
  readonly product: string
}

/** What a driver does to the client that it drives. */
export interface Driven {
  /** Asks for a product by its activation ID, and keeps what comes of it. */
  readonly activate: (product: string, signal: AbortSignal) => Promise<unknown>
  readonly license: (product: string) => License
  /** Tells that something may have changed. */
  readonly looked: () => void
}
