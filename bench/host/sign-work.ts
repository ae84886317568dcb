import { concat } from '@volact/core/bytes'
import type { Instant } from '@volact/core/time'
import { heldOf, messageOf } from './answers.ts'
import { frameOf, type Held, makeMachine, readMachine } from './machine.ts'
import { readSold, type Sold } from './vendor.ts'

/** A request that has been sent, what its machine held then, and the answer. */
export interface Exchange {
  readonly number: number
  readonly held: Held | undefined
  readonly answer: Uint8Array
}

/** Requests to be made: the first ones of new machines, or the next ones of those that have got answers. */
export type SignJob = {
  /** Where `readSold` finds what clients know. */
  readonly folder: string
  readonly time: Instant
} & (
  | { readonly kind: 'make'; readonly first: number; readonly count: number }
  | {
      readonly kind: 'next'
      readonly machines: Uint8Array
      readonly first: number
      readonly exchanges: readonly Exchange[]
    }
)

/** A frame to be sent, and what its machine holds. */
export interface Asked {
  readonly number: number
  readonly frame: Uint8Array
  readonly held: Held | undefined
}

/** What came of a job; `machines` only of new ones. */
export interface Signed {
  readonly machines: Uint8Array
  readonly asked: readonly Asked[]
}

/** Does a job. */
export function sign(job: SignJob): Signed {
  const sold = readSold(job.folder)
  return job.kind === 'make' ? makeAll(job, sold) : { machines: new Uint8Array(0), asked: continueAll(job, sold) }
}

function makeAll({ first, count, time }: Extract<SignJob, { kind: 'make' }>, sold: Sold): Signed {
  const machines = concat(...Array.from({ length: count }, makeMachine))
  const asked = Array.from({ length: count }, (_, position) => {
    const number = first + position
    return { number, held: undefined, frame: frameOf(readMachine(machines, number, first), sold, { time }) }
  })
  return { machines, asked }
}

function continueAll(
  { machines, first, exchanges, time }: Extract<SignJob, { kind: 'next' }>,
  sold: Sold,
): readonly Asked[] {
  return exchanges.map(({ number, held: before, answer }) => {
    const message = messageOf(answer)
    // A machine below the threshold, as the first ones of every host are, just asks again.
    const held = message.kind === 'grant' ? heldOf(message) : before
    const asking = {
      time,
      ...(held && { held }),
      ...(message.kind === 'challenge' && { challenge: message.challenge }),
    }
    return { number, held, frame: frameOf(readMachine(machines, number, first), sold, asking) }
  })
}
