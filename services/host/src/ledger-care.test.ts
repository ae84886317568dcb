import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyFile } from '@volact/keys/key-file'
import { openNote, originOf } from '@volact/ledger/tlog-note'
import { openLedger } from '@volact/ledger/open-ledger'
import { leafHash } from '@volact/core/transparency/node-hash'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hostFiles, vendorFiles } from './folder/files.ts'
import { makeActivatedHost } from './host.fixture.ts'
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
    const care = new LedgerCare({
      ledgers: () => [{ vendor: 'example', ledger, logId }],
      ...{ noteSigner, now: () => start, note: (text) => notes.push(text) },
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
    rmSync(join(path, 'tlog'))
    mkdirSync(join(path, 'tlog'))
    await care.publish()
    expect(existsSync(checkpoint)).toBe(true)
    await care.retain()
    await care.close()
  })
})
