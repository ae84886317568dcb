import { randomBytes } from 'node:crypto'
import { fdatasync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { leafHash } from '@volact/core/transparency/node-hash'
import { rootFromInclusion } from '@volact/core/transparency/proof'
import { MerkleTree } from '@volact/core/transparency/merkle'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import type { Ledger } from './ledger.ts'
import { signHead } from './ledger.fixture.ts'
import { segmentEntries } from './ledger-files.ts'
import { LedgerReader } from './ledger-reader.ts'
import { newLedger, opened } from './new-ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { headerLength } from './record.ts'

function newFolder(): string {
  return join(temporaryFolder(), 'ledger')
}

/** Entries are any bytes to a ledger: their index, and chance. */
function entriesFrom(first: number, count: number): Uint8Array[] {
  const bytes = randomBytes(48 * count)
  return Array.from({ length: count }, (_, at) => {
    bytes.writeUInt32BE(first + at, 48 * at)
    return bytes.subarray(48 * at, 48 * (at + 1))
  })
}

async function append(ledger: Ledger, count: number): Promise<Uint8Array[]> {
  const entries = entriesFrom(ledger.size, count)
  await ledger.append({ first: ledger.size, time: 1_000, entries })
  return entries
}

describe('a ledger of several segments', () => {
  it('gives every entry and proof before and after a start, also without its caches', { timeout: 60_000 }, async () => {
    const { dir, ledger, log } = await newLedger()
    const all: Uint8Array[] = [log.entry0]
    while (all.length < segmentEntries - 700) all.push(...(await append(ledger, 1_000)))
    // A batch that goes from one segment into the next.
    all.push(...(await append(ledger, 1_400)))
    while (all.length < segmentEntries + 2_800) all.push(...(await append(ledger, 1_000)))
    expect(readdirSync(join(dir, 'entries'))).toEqual(['000000.log', '000001.log'])
    const tree = new MerkleTree()
    for (const entry of all) tree.append(leafHash(entry))
    signHead(ledger, log)
    ledger.close()
    const places = [
      0,
      255,
      256,
      segmentEntries - 1,
      segmentEntries,
      segmentEntries + 70,
      segmentEntries + 1_500,
      all.length - 1,
    ]
    function check(again: Ledger): void {
      expect(again.root()).toEqual(tree.root())
      for (const index of places) {
        expect(again.entry(index)).toEqual(new Uint8Array(all[index] ?? []))
        expect(again.inclusion(index)).toEqual(tree.inclusionPath(index))
        expect(again.consistency(index + 1)).toEqual(tree.consistencyPath(index + 1))
      }
      again.close()
    }
    check(opened(dir))
    for (const name of ['000000.log', '000001.log']) {
      const path = join(dir, 'tree', name)
      const spoiled = readFileSync(path)
      spoiled[17_408 * 5 + 12] = Number(spoiled[17_408 * 5 + 12]) ^ 1
      writeFileSync(path, spoiled)
    }
    check(opened(dir))
    truncateSync(join(dir, 'tree', '000000.log'), 100_000)
    truncateSync(join(dir, 'tree', '000001.log'), 50_000)
    check(opened(dir))
    rmSync(join(dir, 'tree'), { recursive: true })
    check(opened(dir))
    // The roots of another ledger, whole in themselves: with a signed head they do not fit, and without one they are not believed.
    const foreign = (): void => {
      const path = join(dir, 'tree', '000000.log')
      const bytes = readFileSync(path)
      const roots = bytes.subarray(256 * 17_408, 256 * 17_408 + 256 * 32).fill(9, 0, 32)
      bytes.writeUInt32LE(crc32(roots), bytes.length - 4)
      writeFileSync(path, bytes)
    }
    foreign()
    check(opened(dir))
    foreign()
    rmSync(join(dir, 'head.cose'))
    check(opened(dir))
    const reader = new LedgerReader(dir)
    const from = segmentEntries - 5
    expect([...reader.read(from, from + 10)].map(({ bytes }) => bytes)).toEqual(
      all.slice(from, from + 10).map((entry) => new Uint8Array(entry)),
    )
    expect([...reader.read(from + 10, from + 12)].map(({ index }) => index)).toEqual([from + 10, from + 11])
    reader.close()
  })

  it('is damaged when one of its segments is missing', async () => {
    const dir = newFolder()
    const ledger = opened(dir, { create: true })
    await append(ledger, segmentEntries + 5)
    ledger.close()
    rmSync(join(dir, 'entries', '000000.log'))
    expect(() => openLedger(dir)).toThrow('000000.log is damaged: it is missing')
  })

  it('removes a segment that was just being begun', async () => {
    const dir = newFolder()
    const ledger = opened(dir, { create: true })
    await append(ledger, segmentEntries)
    ledger.close()
    writeFileSync(join(dir, 'entries', '000001.log'), new Uint8Array(7))
    const again = opened(dir)
    expect([again.size, again.notes.length]).toEqual([segmentEntries, 1])
    await append(again, 3)
    again.close()
    expect(opened(dir).size).toBe(segmentEntries + 3)
  })
})

describe('a batch that a power cut has written out of order', () => {
  it('is cut off wherever the hole is, with whole records behind it, and what was acknowledged stays', async () => {
    const { dir, ledger, log } = await newLedger()
    await append(ledger, 5)
    signHead(ledger, log)
    const path = join(dir, 'entries', '000000.log')
    const begin = readFileSync(path).length
    await append(ledger, 20)
    ledger.close()
    const whole = readFileSync(path)
    for (let hole = begin; hole < whole.length - 16; hole += 16) {
      const torn = Uint8Array.from(whole).fill(0, hole, hole + 16)
      writeFileSync(path, torn)
      const again = openLedger(dir)
      expect([again.size, again.notes.length]).toEqual([6, 1])
      again.close()
      expect(readFileSync(path)).toHaveLength(begin)
    }
  })

  it('is damage when a later batch stands behind the hole: that one was only written after it was durable', async () => {
    const dir = newFolder()
    const ledger = opened(dir, { create: true })
    await append(ledger, 5)
    await append(ledger, 5)
    ledger.close()
    const path = join(dir, 'entries', '000000.log')
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0, headerLength + 100, headerLength + 110))
    expect(() => openLedger(dir)).toThrow('whole batches stand behind one that is not')
  })
})

describe('a ledger whose disk fails', () => {
  it('has nothing of a batch whose sync failed, and goes on by itself when the disk does', async () => {
    const dir = newFolder()
    let fails = 0
    const sync = async (descriptor: number): Promise<void> => {
      if (fails > 0) {
        fails -= 1
        throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fdatasync' })
      }
      await promisify(fdatasync)(descriptor)
    }
    const ledger = opened(dir, { create: true, sync })
    await append(ledger, 5)
    const { size } = ledger
    const root = ledger.root()
    fails = 2
    await expect(append(ledger, 3)).rejects.toMatchObject({ code: 'DISK_FAILED' })
    expect([ledger.size, ledger.root()]).toEqual([size, root])
    await expect(append(ledger, 3)).rejects.toMatchObject({ code: 'DISK_FAILED' })
    const more = await append(ledger, 4)
    expect(ledger.entry(5)).toEqual(new Uint8Array(more[0] ?? []))
    const grown = ledger.root()
    ledger.close()
    expect([opened(dir).size, opened(dir).root()]).toEqual([9, grown])
  })

  it('takes back both halves of a batch over two segments when the second is not synced', async () => {
    const dir = newFolder()
    let syncs = 0
    let failing = 0
    const sync = async (descriptor: number): Promise<void> => {
      syncs += 1
      if (syncs === failing) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fdatasync' })
      await promisify(fdatasync)(descriptor)
    }
    const ledger = opened(dir, { create: true, sync })
    await append(ledger, segmentEntries - 2)
    failing = syncs + 2
    await expect(append(ledger, 5)).rejects.toMatchObject({ code: 'DISK_FAILED' })
    expect(ledger.size).toBe(segmentEntries - 2)
    expect(readdirSync(join(dir, 'entries'))).toEqual(['000000.log'])
    await append(ledger, 5)
    const root = ledger.root()
    ledger.close()
    expect(opened(dir).root()).toEqual(root)
  })
})

describe('the heads that were signed', () => {
  it('are remembered with their roots, and a spoiled memory accuses nobody', async () => {
    const { dir, ledger, log } = await newLedger()
    await append(ledger, 9)
    signHead(ledger, log)
    const root = ledger.root()
    await append(ledger, 9)
    signHead(ledger, log)
    expect([ledger.headRoot(10), ledger.headRoot(11), ledger.headRoot(20)]).toEqual([root, undefined, undefined])
    writeFileSync(join(dir, 'heads', '000000.log'), new Uint8Array(32 * 19).fill(3))
    expect(ledger.hasRoot(10, root)).toBe(true)
    expect(ledger.hasRoot(10, new Uint8Array(32))).toBe(false)
    expect(ledger.hasRoot(99, root)).toBe(false)
  })
})

describe('a proof of what was just appended', () => {
  it('needs no reading of the disk, and one from any old size one at most', async () => {
    const ledger = opened(newFolder(), { create: true })
    for (let batch = 0; batch < 60; batch += 1) {
      const entries = await append(ledger, 64)
      const before = ledger.figures().treeReads
      for (const [place, entry] of entries.entries()) {
        const index = ledger.size - 64 + place
        const path: Uint8Array[] = []
        ledger.takeInclusion(index, ledger.size, (bytes, offset) => path.push(bytes.slice(offset, offset + 32)))
        expect(rootFromInclusion({ index, size: ledger.size, leaf: leafHash(entry), path })).toEqual(ledger.root())
      }
      expect(ledger.figures().treeReads).toBe(before)
    }
    for (let from = 1; from < ledger.size; from += 13) {
      const before = ledger.figures().treeReads
      ledger.takeConsistency(from, ledger.size, () => undefined)
      expect(ledger.figures().treeReads - before).toBeLessThanOrEqual(1)
    }
  })
})
