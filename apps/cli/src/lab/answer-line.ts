import { toIso } from '@volact/core/time'
import type { MachineAnswer } from '@volact/lab/reporter'

/** Says in one line what a machine was told. */
export function answerLine({ machine, time, count, threshold, granted }: MachineAnswer): string {
  const when = toIso(time).slice(0, 16).replace('T', ' ')
  const told =
    granted === undefined
      ? `refused: ${count} of ${threshold} machines have asked`
      : `licensed until ${toIso(granted.expires).slice(0, 10)}, entry ${granted.index} of the ledger`
  return `${when}  ${machine.name.padEnd(20)}  ${told}`
}
