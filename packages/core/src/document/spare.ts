import type { CborValue } from '../cbor/value.ts'
import { Fields } from '../cbor/fields.ts'
import { days, type Duration } from '../time.ts'
import { encodeHardwareId, type HardwareId, parseHardwareId } from './hardware-id.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { digestLength } from './limits.ts'
import type { Predecessor } from './predecessor.ts'

/** How long a spare grants before the vendor has confirmed it (rule 47), from the entry by which it takes over. */
export const spareTerm: Duration = days(60)

/** The place of that entry in the ledger of a spare: behind its entry 0 and its certificate. */
export const takeOverIndex = 2

/** The act by which a spare takes over (rule 47, protocol.md §7.4). */
export const takeOverAct = 'take-over'

/** What a spare says when it takes over: from whom, the newest tree of it that is known then, and where it runs now. */
export interface TakeOver extends Predecessor {
  readonly hardware: HardwareId
}

/** Gives the arguments of the entry. */
export function takeOverArguments({ logId, checkpoint, hardware }: TakeOver): ReadonlyMap<string, CborValue> {
  return new Map<string, CborValue>([
    ['predecessor', logId],
    ['checkpoint', checkpoint],
    ['hardware', encodeHardwareId(hardware)],
  ])
}

/** Reads what a spare has said when it took over; nothing for any other entry. */
export function readTakeOver(entry: LedgerEntry): TakeOver | undefined {
  if (entry.kind !== 'administrative' || entry.act !== takeOverAct) return undefined
  const fields = new Fields(entry.arguments, what)
  return {
    logId: fields.bytes('predecessor', digestLength),
    checkpoint: fields.bytes('checkpoint'),
    hardware: parseHardwareId(fields.value('hardware'), `${what}: hardware ID`),
  }
}

const what = `ledger entry: ${takeOverAct}`
