import type { Duration, Instant } from '@volact/core/time'

/** What a lab tells while it works. Times are those of its virtual clock. */
export type LabEvent =
  | { readonly kind: 'step'; readonly text: string }
  /** A part of the work is done, such as setting up machines. */
  | { readonly kind: 'progress'; readonly text: string; readonly done: number; readonly total: number }
  | { readonly kind: 'asked'; readonly answer: MachineAnswer; readonly licensed: number; readonly total: number }
  /** So many machines wait for their next try. */
  | { readonly kind: 'waiting'; readonly machines: number; readonly by: Duration }

/** What one machine was told. */
export interface MachineAnswer {
  readonly machine: { readonly folder: string; readonly name: string }
  readonly time: Instant
  readonly count: number
  readonly threshold: number
  /** End of the lease, and the place of the grant in the ledger; nothing when the machine was refused. */
  readonly granted?: { readonly expires: Instant; readonly index: number }
}

/** Is told of each event, in order. */
export type LabReporter = (event: LabEvent) => void
