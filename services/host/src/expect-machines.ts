import type { Instant } from '@volact/core/time'
import { askHost } from './ask-host.ts'
import type { Expected } from './strangers/expectation.ts'
import type { ExpectQuestion } from './strangers/record-expected.ts'

/**
 * Announces a roll-out (rule 39): so many more new machines a day are taken in, for so long. A later one takes the place of the one before.
 * `USAGE`, or what keeps the ledger from growing.
 */
export function expectMachines(
  dir: string,
  roll: Omit<ExpectQuestion, 'verb'>,
  { now }: { readonly now: () => Instant },
): Promise<Expected> {
  return askHost(dir, { verb: 'expect', ...roll }, { now })
}
