import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyFile } from '@volact/keys/key-file'
import { openNote, originOf } from '@volact/ledger/tlog-note'
import { openLedger } from '@volact/ledger/open-ledger'
import { days } from '@volact/core/time'
import { usualRetention } from '@volact/ledger/retain'
import { leafHash } from '@volact/core/transparency/node-hash'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usualConfig } from './config/host-config.ts'
import { retentionSettings } from './config/retention-settings.ts'
import { hostFiles, vendorFiles } from './folder/files.ts'
import { makeActivatedHost } from './host.fixture.ts'
import type { HostEvent } from './index/host-event.ts'
import { random, writeGrants } from './index/index.fixture.ts'
import { LedgerCare } from './ledger-care.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

describe('the care for a ledger', () => {
  it('signs a note with the note key that entry 0 names, which verifies, and tells a trouble once (rule 30)', async () => {
    const dir = await makeActivatedHost(makeVendor())
    const path = vendorFiles(dir, 'example').ledger
    const ledger = openLedger(path)
    onTestFinished(() => {
      ledger.close()
    })
    const logId = leafHash(ledger.entry(0) ?? new Uint8Array(0))
    const noteSigner = openKeyFile(hostFiles(dir).noteKey)
    const notes: string[] = []
    const events: HostEvent[] = []
    const care = new LedgerCare({
      ledgers: () => [{ vendor: 'example', ledger, logId }],
      retention: () => usualRetention,
      ...{ noteSigner, now: () => start, note: (text) => notes.push(text) },
      event: (event) => events.push(event),
    })
    care.start()
    await care.publish()
    const checkpoint = join(path, 'tlog', 'checkpoint')
    const note = openNote(readFileSync(checkpoint), originOf(logId), noteSigner.publicKey)
    expect(note).toEqual({ origin: originOf(logId), size: ledger.size, root: ledger.root() })
    expect(await verifyHostLedger(dir)).toMatchObject({ verified: true })
    rmSync(join(path, 'tlog'), { recursive: true })
    writeFileSync(join(path, 'tlog'), 'in the way')
    await care.publish()
    await care.publish()
    expect(notes).toHaveLength(1)
    expect(events).toMatchObject([{ id: 12292, vendor: 'example', fields: [expect.any(String)] }])
    rmSync(join(path, 'tlog'))
    mkdirSync(join(path, 'tlog'))
    await care.publish()
    expect(existsSync(checkpoint)).toBe(true)
    await care.retain()
    await care.close()
  })

  it('erases what is older than the settings of that day say, and nothing younger (rule 32)', async () => {
    const vendor = makeVendor()
    const dir = await makeActivatedHost(vendor)
    // Each in a batch of its own, as the time is that of the batch.
    for (const time of [start, start + days(10)]) await writeGrants(dir, vendor, [{ machine: random(32), time }])
    const ledger = openLedger(vendorFiles(dir, 'example').ledger)
    onTestFinished(() => {
      ledger.close()
    })
    let config = usualConfig
    const care = new LedgerCare({
      ledgers: () => [{ vendor: 'example', ledger, logId: random(32) }],
      ...{ noteSigner: openKeyFile(hostFiles(dir).noteKey), now: () => start + days(305), note: () => expect.fail() },
      ...{ retention: () => retentionSettings(config), event: () => expect.fail() },
    })
    const kept = (): readonly boolean[] => [2, 3].map((index) => ledger.entry(index) !== undefined)
    await care.retain()
    expect(kept()).toEqual([true, true])
    config = { ...usualConfig, 'retention.entries-days': 300 }
    await care.retain()
    expect(kept()).toEqual([false, true])
    await care.close()
  })
})
