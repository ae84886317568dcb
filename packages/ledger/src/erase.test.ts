import { randomBytes } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { leafHash } from '@volact/core/transparency/node-hash'
import { rootFromInclusion } from '@volact/core/transparency/proof'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { filesBelow } from './cover.ts'
import { encodeJournal, type Erasure, parseJournal } from './erase-journal.ts'
import type { Ledger } from './ledger.ts'
import { sightingWithDetails, signHead, type TestLog } from './ledger.fixture.ts'
import { LedgerReader } from './ledger-reader.ts'
import { newLedger } from './new-ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { publishTiles } from './publish-tiles.ts'
import { retain, usualRetention } from './retain.ts'
import { verifyLedger } from './verify-ledger.ts'

interface Filled {
  readonly dir: string
  readonly ledger: Ledger
  readonly log: TestLog
  readonly made: readonly ReturnType<typeof sightingWithDetails>[]
}

/** A ledger in which entry i is a sighting with details, i = 1 … */
async function filled(count: number): Promise<Filled> {
  const { dir, ledger, log } = await newLedger()
  const made = Array.from({ length: count }, (_, at) => sightingWithDetails(at + 1))
  for (const { entry } of made) await ledger.append([entry])
  ledger.keepDetails(made.map(({ record }) => record))
  signHead(ledger, log)
  return { dir, ledger, log, made }
}

function holds(dir: string, wanted: Uint8Array): readonly string[] {
  return filesBelow(dir).filter((name) => readFileSync(join(dir, name)).includes(Buffer.from(wanted)))
}

describe('erasing entries (rule 31)', () => {
  it('leaves no byte of them, of their requests and details in any file, and every proof holds', async () => {
    const { dir, ledger, log, made } = await filled(20)
    await publishTiles(ledger, { logId: log.logId, signer: log.noteSigner })
    const entries = made.map(({ entry }) => entry)
    const root = ledger.root()
    const gone = [3, 4, 11]
    await ledger.eraseEntries(gone)
    for (const index of gone) {
      const { entry, record } = made[index - 1] ?? sightingWithDetails(index)
      for (const trace of [entry.subarray(20, 52), record.request.subarray(0, 64), record.details, record.salt])
        expect(holds(dir, trace)).toEqual([])
      expect(ledger.entry(index)).toBeUndefined()
      const path = ledger.inclusion(index)
      expect(rootFromInclusion({ index, size: 21, leaf: leafHash(entry), path })).toEqual(root)
    }
    ledger.close()
    const again = openLedger(dir)
    expect(again.root()).toEqual(root)
    expect([...again.entries(1)]).toEqual(entries.map((entry, at) => (gone.includes(at + 1) ? undefined : entry)))
    expect([...again.details()].map(({ index }) => index)).not.toEqual(expect.arrayContaining(gone))
    again.close()
    expect(await verifyLedger(dir, {})).toMatchObject({ erased: 3, unsigned: 0 })
    const reader = new LedgerReader(dir)
    const read = [...reader.read(1, 21)]
    reader.close()
    expect(read.filter(({ bytes }) => bytes === undefined).map(({ index }) => index)).toEqual(gone)
    expect(read.filter(({ details }) => details === undefined).map(({ index }) => index)).toEqual(gone)
  })

  it('twice does no harm, entry 0 is never erased, and no entry that is not there', async () => {
    const { dir, ledger } = await filled(3)
    await ledger.eraseEntries([2])
    await ledger.eraseEntries([2, 2])
    await expect(ledger.eraseEntries([0])).rejects.toThrow('behind the first')
    await expect(ledger.eraseEntries([4])).rejects.toThrow('behind the first')
    ledger.close()
    expect(await verifyLedger(dir)).toMatchObject({ erased: 1 })
  })

  it('is finished by the next start, wherever a crash has stopped it', async () => {
    const { dir, ledger, made } = await filled(6)
    ledger.close()
    const before = join(temporaryFolder(), 'before')
    cpSync(dir, before, { recursive: true })
    const again = openLedger(dir)
    const journals: Uint8Array[] = []
    // The journal as it lies there while the bytes are overwritten.
    const erasing = again.eraseEntries([2, 5])
    for (let turns = 0; turns < 10_000 && journals.length === 0; turns += 1) {
      await new Promise(setImmediate)
      const path = join(dir, 'erase.journal')
      const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
      if (parseJournal(bytes) !== undefined) journals.push(bytes)
    }
    await erasing
    again.close()
    const [journal = new Uint8Array(0)] = journals
    for (const torn of [journal.subarray(0, 40), journal]) {
      const folder = join(temporaryFolder(), 'ledger')
      cpSync(before, folder, { recursive: true })
      writeFileSync(join(folder, 'erase.journal'), torn)
      // Some of the bytes are overwritten, and one record is torn.
      if (torn === journal) {
        const path = join(folder, 'details', '000000.log')
        const after = readFileSync(join(dir, 'details', '000000.log'))
        const old = readFileSync(path)
        writeFileSync(path, Buffer.concat([after.subarray(0, 700), old.subarray(700)]))
      }
      const healed = openLedger(folder)
      const isDone = healed.entry(2) === undefined
      expect(isDone).toBe(torn === journal)
      expect(existsSync(join(folder, 'erase.journal'))).toBe(false)
      healed.close()
      for (const index of [2, 5])
        expect(holds(folder, made[index - 1]?.record.details ?? new Uint8Array(1)).length).toBe(isDone ? 0 : 1)
      expect(await verifyLedger(folder)).toMatchObject({ erased: isDone ? 2 : 0 })
    }
    copyFileSync(join(before, 'head.cose'), join(dir, 'head.cose'))
    expect(await verifyLedger(dir)).toMatchObject({ erased: 2 })
  })

  it('is finished by the next start when a crash came between its entry and the first byte', async () => {
    const { dir, ledger, log, made } = await filled(6)
    await ledger.append([encodeEntry({ kind: 'forgotten', index: 7, time: 2_000, indexes: [1, 4] })])
    signHead(ledger, log)
    ledger.close()
    const again = openLedger(dir)
    expect([again.entry(1), again.entry(4)]).toEqual([undefined, undefined])
    expect(holds(dir, made[3]?.record.details ?? new Uint8Array(1))).toEqual([])
    again.close()
    expect(await verifyLedger(dir)).toMatchObject({ erased: 2 })
  })

  it('goes on while entries are appended', async () => {
    const { dir, ledger, log } = await filled(60)
    const erasing = ledger.eraseEntries(Array.from({ length: 50 }, (_, at) => at + 1))
    for (let index = 61; index < 100; index += 1) await ledger.append([sightingWithDetails(index).entry])
    await erasing
    signHead(ledger, log)
    ledger.close()
    expect(await verifyLedger(dir)).toMatchObject({ erased: 50, head: { size: 100 } })
  })

  it('is written down so that every flipped bit of it is noticed', () => {
    const erasures: readonly Erasure[] = [
      { kind: 'entry', segment: 0, offset: 100, length: 50, leaf: new Uint8Array(randomBytes(32)) },
      { kind: 'details', segment: 1, offset: 200, length: 60 },
      { kind: 'segment', segment: 2 },
    ]
    const bytes = encodeJournal(erasures)
    expect(parseJournal(bytes)).toEqual(erasures)
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const spoiled = Uint8Array.from(bytes)
      spoiled[bit >> 3] = Number(spoiled[bit >> 3]) ^ (1 << (bit & 7))
      expect(parseJournal(spoiled)).toBeUndefined()
    }
  })
})

describe('retention (rule 32)', () => {
  it('erases entries after 400 days, those of ephemeral machines after 30, details after 90, and goes on where it was', async () => {
    const { dir, ledger, log } = await filled(30)
    // Entry i is of the second 1,000 + i.
    const at = (seconds: number, index: number): number => seconds + 1_000 + index
    expect(await retain(ledger, at(usualRetention.details, 0))).toEqual({ entries: 0, detailSegments: 0 })
    await retain(ledger, at(usualRetention.details, 10))
    expect([...ledger.details()].map(({ index }) => index)).toEqual(
      Array.from({ length: 20 }, (_, place) => place + 11),
    )
    expect(ledger.entry(10)).toBeDefined()
    expect(await retain(ledger, at(usualRetention.entries, 12))).toEqual({ entries: 12, detailSegments: 0 })
    expect([...ledger.details()]).toEqual([])
    expect(await retain(ledger, at(usualRetention.entries, 15))).toEqual({ entries: 3, detailSegments: 0 })
    expect(ledger.entry(0)).toBeDefined()
    signHead(ledger, log)
    ledger.close()
    expect(await verifyLedger(dir)).toMatchObject({ erased: 15 })
  })
})
