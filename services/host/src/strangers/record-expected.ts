import { ActivationError } from '@volact/core/errors/activation-error'
import { days, type Duration, minutes } from '@volact/core/time'
import type { VendorService } from '../pipeline/vendor-service.ts'
import { expectAct, expectArguments, type Expected } from './expectation.ts'

/** A roll-out as it is announced; `vendor` is needed where there are several. */
export interface ExpectQuestion {
  readonly verb: 'expect'
  readonly machines: number
  readonly seconds: Duration
  readonly vendor?: string
}

/** The most machines of a roll-out, and how long one may last, in seconds. */
const expectBounds: { readonly machines: number; readonly least: Duration; readonly most: Duration } = {
  machines: 10_000_000,
  least: minutes(15),
  most: days(90),
}

/** Records the announcement in the ledger of a vendor. */
export async function recordExpected(
  service: Pick<VendorService, 'state' | 'clock' | 'recordActs'>,
  { machines, seconds }: ExpectQuestion,
): Promise<Expected> {
  const { machines: most, least, most: longest } = expectBounds
  if (!Number.isSafeInteger(machines) || machines < 0 || machines > most) {
    throw new ActivationError('USAGE', `a host is told to expect 0 to ${most} machines`)
  }
  if (!Number.isSafeInteger(seconds) || seconds < least || seconds > longest) {
    throw new ActivationError('USAGE', 'a roll-out lasts 15 minutes to 90 days')
  }
  const expected = { machines, until: service.clock.time() + seconds, known: service.state.machines }
  await service.recordActs([{ act: expectAct, arguments: expectArguments(expected) }])
  return expected
}
