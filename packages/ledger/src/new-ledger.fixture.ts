import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { onTestFinished } from 'vitest'
import type { Ledger } from './ledger.ts'
import { makeLog, type TestLog } from './ledger.fixture.ts'
import { openLedger, type OpenLedgerOptions } from './open-ledger.ts'

/** A ledger of a test, and whose it is. */
export interface NewLedger {
  readonly dir: string
  readonly ledger: Ledger
  readonly log: TestLog
}

/** Makes a ledger that has entry 0; it is closed and removed when the running test ends. */
export async function newLedger(log: TestLog = makeLog()): Promise<NewLedger> {
  const dir = join(temporaryFolder(), 'ledger')
  const ledger = opened(dir, { create: true })
  await ledger.append([log.entry0])
  return { dir, ledger, log }
}

/** Opens a ledger that is closed when the running test ends. */
export function opened(dir: string, options: OpenLedgerOptions = {}): Ledger {
  const ledger = openLedger(dir, options)
  onTestFinished(() => {
    ledger.close()
  })
  return ledger
}
