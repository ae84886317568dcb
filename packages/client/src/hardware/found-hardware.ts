import type { HardwareFacts } from './hardware-facts.ts'

/** Where a machine's hardware is taken from: a file under a root for tests, else the machine itself. */
export type HardwareKind = 'real' | 'simulated'

/** What was found of the hardware that a folder belongs to, and where. */
export interface FoundHardware {
  readonly kind: HardwareKind
  readonly facts: HardwareFacts
}
