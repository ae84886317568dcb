import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, fdatasync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { encodeEntry } from '@volact/core/document/ledger-entry'
import { leafHash } from '@volact/core/transparency/node-hash'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { sighting, signHead } from './ledger.fixture.ts'
import { segmentEntries } from './ledger-files.ts'
import { newLedger } from './new-ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { headerLength } from './record.ts'

/** What a disk writes at once. */
const page = 4_096

function anyEntries(count: number): Uint8Array[] {
  const bytes = new Uint8Array(randomBytes(48 * count))
  // No entry begins with a zero, so that none of these is taken for one.
  return Array.from({ length: count }, (_, at) => bytes.subarray(48 * at, 48 * (at + 1)).fill(0, 0, 1))
}

/** What may be on the disk after a power cut: of the pages that were not synced, any, and any length between. */
function torn(before: Uint8Array, after: Uint8Array, chance: () => boolean, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes.set(before.subarray(0, length))
  for (let at = Math.floor(before.length / page) * page; at < length; at += page)
    if (chance()) bytes.set(after.subarray(at, Math.min(at + page, length)), at)
  return bytes
}

/** Numbers that a seed always gives in the same order. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('a power cut', () => {
  it('with any of the pages of the last batch written loses nothing that was acknowledged, and needs no hand', async () => {
    const { dir, ledger, log } = await newLedger()
    for (let batch = 0; batch < 5; batch += 1)
      await ledger.append(Array.from({ length: 60 }, (_, at) => sighting(ledger.size + at)))
    signHead(ledger, log)
    const { size } = ledger
    const root = ledger.root()
    const path = join(dir, 'entries/000000.log')
    const before = readFileSync(path)
    await ledger.append(Array.from({ length: 100 }, (_, at) => sighting(size + at)))
    ledger.close()
    const after = readFileSync(path)
    const next = numbers(7)
    for (let round = 0; round < rounds(300); round += 1) {
      const length = before.length + next(after.length - before.length + 1)
      writeFileSync(
        path,
        torn(before, after, () => next(2) === 1, length),
      )
      const again = openLedger(dir)
      expect([size, size + 100]).toContain(again.size)
      expect(again.rootAt(size)).toEqual(root)
      await again.append([sighting(again.size)])
      again.close()
      expect(openAndClose(dir)).toBeGreaterThan(size)
    }
  })

  it('while a segment is begun leaves nothing that a start stops at, whatever of its header is written', async () => {
    const { dir, ledger, log } = await newLedger()
    await ledger.append({ first: 1, time: 2_000, entries: anyEntries(segmentEntries - 1) })
    signHead(ledger, log)
    ledger.close()
    const path = join(dir, 'entries/000001.log')
    for (const length of [0, 7, headerLength]) {
      writeFileSync(path, new Uint8Array(length))
      expect(openAndClose(dir)).toBe(segmentEntries)
      expect(existsSync(path)).toBe(false)
    }
    // Anything else there was synced once, and is damaged.
    writeFileSync(path, new Uint8Array(headerLength + 1))
    expect(() => openLedger(dir)).toThrow('does not begin like a log file')
  })

  it('in the batch over the end of a segment leaves the first half, or nothing of it', async () => {
    const { dir, ledger } = await newLedger()
    await ledger.append({ first: 1, time: 2_000, entries: anyEntries(segmentEntries - 3) })
    const folder = join(dir, 'entries')
    const first = readFileSync(join(folder, '000000.log'))
    await ledger.append({ first: segmentEntries - 2, time: 2_000, entries: anyEntries(300) })
    ledger.close()
    const [whole, second] = [readFileSync(join(folder, '000000.log')), readFileSync(join(folder, '000001.log'))]
    for (const [left, right, size] of [
      [whole.subarray(0, first.length + 20), undefined, segmentEntries - 2],
      [whole, undefined, segmentEntries],
      [whole, second.subarray(0, headerLength), segmentEntries],
      [whole, second.subarray(0, 9_000), segmentEntries],
      [whole, second, segmentEntries + 298],
    ] as const) {
      writeFileSync(join(folder, '000000.log'), left)
      if (right === undefined) rmSync(join(folder, '000001.log'), { force: true })
      else writeFileSync(join(folder, '000001.log'), right)
      expect(openAndClose(dir)).toBe(size)
    }
  })

  it('between two segments takes back no forgetting that was written down (rule 31)', async () => {
    const { dir, ledger, log } = await newLedger()
    const machine = new Uint8Array(randomBytes(32))
    await ledger.append([sighting(1, machine)])
    await ledger.append({ first: 2, time: 2_000, entries: anyEntries(segmentEntries - 10) })
    const { size } = ledger
    await ledger.append([encodeEntry({ kind: 'forgotten', index: size, time: 2_000, indexes: [1] })])
    // Others go on, and then the power is cut before the first byte was erased.
    await ledger.append({ first: ledger.size, time: 2_000, entries: anyEntries(300) })
    signHead(ledger, log)
    ledger.close()
    const again = openLedger(dir)
    expect(again.entry(1)).toBeUndefined()
    again.close()
  })
})

describe('an erasure', () => {
  it('is not begun or is finished by the next start, wherever a power cut came between its steps', async () => {
    const { dir, ledger, log } = await newLedger()
    const machines = Array.from({ length: 40 }, (_, at) => sighting(at + 1))
    for (const entry of machines) await ledger.append([entry])
    signHead(ledger, log)
    const root = ledger.root()
    const states: string[] = []
    const copy = (): void => {
      const kept = join(temporaryFolder(), 'ledger')
      cpSync(dir, kept, { recursive: true })
      states.push(kept)
    }
    copy()
    // The last entry, too, which is all of the last batch.
    const erasing = ledger.eraseEntries([3, 20, 40])
    for (let turn = 0; turn < 30; turn += 1) {
      await new Promise((later) => setImmediate(later))
      copy()
    }
    await erasing
    copy()
    ledger.close()
    const seen = new Set<number>()
    for (const state of states) {
      const again = openLedger(state)
      const erased = [3, 20, 40].filter((index) => again.entry(index) === undefined)
      expect([0, 3]).toContain(erased.length)
      expect(again.root()).toEqual(root)
      expect(again.entry(21)).toEqual(machines[20])
      expect(readdirSync(state)).not.toContain('erase.journal')
      seen.add(erased.length)
      again.close()
    }
    expect([...seen]).toEqual([0, 3])
  })
})

describe('a sync that fails', () => {
  it('at any of its moments acknowledges nothing that is not there, and goes on when the disk does', async () => {
    const dir = join(temporaryFolder(), 'ledger')
    const next = numbers(11)
    const disk = { fails: false }
    const sync = async (descriptor: number): Promise<void> => {
      if (disk.fails) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fdatasync' })
      await promisify(fdatasync)(descriptor)
    }
    const ledger = openLedger(dir, { create: true, sync })
    const kept: Uint8Array[] = []
    for (let round = 0; round < rounds(1_000); round += 1) {
      disk.fails = next(3) === 0
      const entries = anyEntries(1 + next(90))
      const appended = ledger.append({ first: kept.length, time: 1_000, entries })
      if (disk.fails) await expect(appended).rejects.toMatchObject({ code: 'DISK_FAILED' })
      else await appended.then(() => kept.push(...entries))
      if (round % 20 !== 0) continue
      const copy = join(temporaryFolder(), 'ledger')
      cpSync(dir, copy, { recursive: true })
      expect(openAndClose(copy)).toBe(kept.length)
    }
    expect(kept.map(leafHash)).toEqual(
      Array.from({ length: ledger.size }, (_, at) => leafHash(ledger.entry(at) ?? new Uint8Array(0))),
    )
    ledger.close()
    expect(openAndClose(dir)).toBe(kept.length)
  })
})

function openAndClose(dir: string): number {
  const ledger = openLedger(dir)
  const { size } = ledger
  ledger.close()
  return size
}
