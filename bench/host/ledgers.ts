import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hours } from '@volact/core/time'
import { vendorFiles } from '@volact/host/folder/files'
import { openLedger } from '@volact/ledger/open-ledger'
import type { Bench } from './bench.ts'
import { copyHost } from './copy-host.ts'
import type { Prepared } from './prepare.ts'
import { startHostServer } from './server.ts'
import { appendSynthetic } from './synthetic.ts'
import { readSold } from './vendor.ts'

/**
 * Makes a host that knows so many machines beside the prepared ones, or takes what an earlier run has left. The prepared ones were granted
 * before all others, so that their checkpoints are older than all of these. The host has been started and stopped, as after any day of work.
 */
export async function hostWith(
  bench: Pick<Bench, 'prepared' | 'say'>,
  count: number,
  index: 'on' | 'off' = 'on',
): Promise<string> {
  const { prepared, say } = bench
  const host = join(prepared.folder, `host-${String(count)}`)
  const mark = `${host}.made`
  if (existsSync(mark) && readFileSync(mark, 'utf8') === prepared.fingerprint) return host
  say(`writing a ledger of ${String(count)} machines, once …`)
  rmSync(mark, { force: true })
  copyHost(prepared.host, host)
  const sold = readSold(prepared.folder)
  const ledger = openLedger(vendorFiles(host, sold.vendor).ledger)
  try {
    await appendSynthetic(ledger, sold, { count, from: ledger.lastTime, until: prepared.time - hours(1) })
  } finally {
    ledger.close()
  }
  say('starting and stopping a host with it …')
  await settle(host, prepared, index)
  writeFileSync(mark, prepared.fingerprint)
  return host
}

/** What a host makes of its ledger for itself is made now: snapshots, caches, index. */
async function settle(dir: string, { time }: Prepared, index: 'on' | 'off'): Promise<void> {
  const server = await startHostServer({ dir, time, index }, undefined)
  await server.settled()
  await server.stop()
}
