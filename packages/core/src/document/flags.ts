import { ActivationError } from '../errors/activation-error.ts'

/** What a machine says of itself when it asks (protocol.md §6.1). */
export interface MachineFlags {
  /** Its anchor is made of too little hardware to be exact (rule 34). */
  readonly weak: boolean
  /** It is a virtual machine. */
  readonly virtual: boolean
  /** It has no persistent store, and never counts toward a threshold (rule 38). */
  readonly ephemeral: boolean
}

const weakBit = 1
const virtualBit = 2
const ephemeralBit = 4
const knownBits = weakBit | virtualBit | ephemeralBit

/** Writes the flags as the number that documents carry. */
export function encodeFlags(flags: MachineFlags): number {
  return (flags.weak ? weakBit : 0) + (flags.virtual ? virtualBit : 0) + (flags.ephemeral ? ephemeralBit : 0)
}

/** Reads the flags; a bit that is unknown here might change what is counted, so it is `UNKNOWN_CRITICAL`. */
export function parseFlags(value: number, what: string): MachineFlags {
  if (value < 0 || value > knownBits) {
    throw new ActivationError(
      'UNKNOWN_CRITICAL',
      `${what}: flags ${value} are unknown here; known are 0 to ${knownBits}`,
    )
  }
  return {
    weak: (value & weakBit) !== 0,
    virtual: (value & virtualBit) !== 0,
    ephemeral: (value & ephemeralBit) !== 0,
  }
}
