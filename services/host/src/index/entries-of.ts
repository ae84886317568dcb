import { setImmediate } from 'node:timers/promises'
import { LedgerReader } from '@volact/ledger/ledger-reader'

/** How many entries are looked through before others get their turn. */
const turn = 10_000

/**
 * Finds the entries of a ledger that concern a machine, by the bytes of its ID anywhere in them: the ledger is the record, and an index
 * that has missed something must not keep it from being erased.
 */
export async function entriesOf(
  { dir, size }: { readonly dir: string; readonly size: number },
  machine: Uint8Array,
): Promise<readonly number[]> {
  const feed = new LedgerReader(dir)
  const wanted = Buffer.from(machine)
  const found: number[] = []
  try {
    for (const { index, bytes } of feed.read(0, size)) {
      if (bytes !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(wanted))
        found.push(index)
      if (index % turn === 0) await setImmediate()
    }
    return found
  } finally {
    feed.close()
  }
}
