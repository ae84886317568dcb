import { toHex } from '@volact/core/bytes'
import { entryTime, parseEntry } from '@volact/core/document/ledger-entry'
import type { ReportedMachine } from '@volact/core/document/report'
import type { Instant } from '@volact/core/time'
import type { Ledger } from '@volact/ledger/ledger'
import { LedgerReader } from '@volact/ledger/ledger-reader'

/** How many entries are read between two turns of the event loop. */
const stride = 1_000

/** Counts the entries that were written before an instant. Times never decrease (rule 43), so few are read. */
export async function sizeBefore(ledger: Ledger, time: Instant): Promise<number> {
  const reader = new LedgerReader(ledger.files.dir)
  try {
    let [low, high] = [0, ledger.size]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (timeAt(ledger, reader, middle) < time) low = middle + 1
      else high = middle
      await turn()
    }
    return low
  } finally {
    reader.close()
  }
}

/** Lists who was granted what between two places of the ledger, each once, with the last grant. What was erased is not listed (rule 31). */
export async function machinesBetween(
  ledger: Ledger,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly ReportedMachine[]> {
  const found = new Map<string, ReportedMachine>()
  for (let index = from; index < to; index += 1) {
    if ((index - from) % stride === stride - 1) await turn()
    const bytes = ledger.entry(index)
    const entry = bytes && parseEntry(bytes)
    if (entry?.kind !== 'grant') continue
    const { machine, product, issued } = entry.grant
    found.set(`${toHex(machine)}/${toHex(product)}`, { machine, product, granted: issued })
  }
  return [...found.values()]
}

/** Of years of erased entries the times of their batches stay, and take longer to find. */
function timeAt(ledger: Ledger, reader: LedgerReader, index: number): Instant {
  const bytes = ledger.entry(index)
  if (bytes !== undefined) return entryTime(parseEntry(bytes))
  for (const { time } of reader.read(index, index + 1)) return time
  throw new Error(`entry ${index} is not in the ledger`)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
