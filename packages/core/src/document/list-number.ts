import { expectArray, expectUint } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import type { Instant } from '../time.ts'

/** What orders revocation lists: the start of the list key's certificate, then a number (rule 44). */
export interface ListNumber {
  readonly epoch: Instant
  readonly number: number
}

/** Gives the number of a list as requests and messages carry it. */
export function encodeListNumber({ epoch, number }: ListNumber): CborValue {
  return [epoch, number]
}

/** Reads the number of a list. */
export function parseListNumber(value: CborValue, what: string): ListNumber {
  const [epoch = null, number = null] = expectArray(value, what, 2)
  return { epoch: expectUint(epoch, `${what}: epoch`), number: expectUint(number, `${what}: number`) }
}

/** Whether a list comes after another one, so that it may replace it. A list never goes back. */
export function isNewerList(list: ListNumber, known: ListNumber): boolean {
  return list.epoch > known.epoch || (list.epoch === known.epoch && list.number > known.number)
}
