import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { isLong } from '@volact/testkit/rounds'
import { describe, expect, it } from 'vitest'
import { filesBelow } from './cover.ts'
import type { DetailsRecord } from './details-record.ts'
import { sightingWithDetails, sighting, signHead } from './ledger.fixture.ts'
import { newLedger } from './new-ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { publishTiles } from './publish-tiles.ts'
import { headerLength, prefixLength, recordAt, recordKinds, sealRecord, seedOf } from './record.ts'
import { retain } from './retain.ts'
import { verifyLedger } from './verify-ledger.ts'

/** A folder with every kind of file; the tree's cache has one when there are 256 entries. */
async function makeFolder(entries: number): Promise<string> {
  const { dir, ledger, log } = await newLedger()
  signHead(ledger, log)
  const made = Array.from({ length: entries - 1 }, (_, index) => beside(index + 1))
  await ledger.append(made.map(({ entry }) => entry))
  ledger.keepDetails(made.flatMap(({ record }) => record ?? []))
  signHead(ledger, log)
  await publishTiles(ledger, { logId: log.logId, signer: log.noteSigner })
  await retain(ledger, 1_000 + 90 * 86_400)
  ledger.close()
  return dir
}

function beside(index: number): { entry: Uint8Array; record?: DetailsRecord } {
  return index < 8 ? sightingWithDetails(index) : { entry: sighting(index) }
}

/** Flips the bits of a file one by one, and gives those that nobody notices. */
async function unnoticed(dir: string, name: string, step: number): Promise<number[]> {
  const path = join(dir, name)
  const bytes = readFileSync(path)
  const passed: number[] = []
  for (let bit = 0; bit < bytes.length * 8; bit += step) {
    const spoiled = Uint8Array.from(bytes)
    spoiled[bit >> 3] = Number(spoiled[bit >> 3]) ^ (1 << (bit & 7))
    writeFileSync(path, spoiled)
    if ((await verdict(dir)) === 'good') passed.push(bit)
  }
  writeFileSync(path, bytes)
  return passed
}

async function verdict(dir: string): Promise<string> {
  try {
    await verifyLedger(dir)
    return 'good'
  } catch (error) {
    return error instanceof ActivationError ? error.code : String(error)
  }
}

describe('verifyLedger', () => {
  it('says what vouches for each file of the folder (rule 30)', async () => {
    const dir = await makeFolder(5)
    writeFileSync(join(dir, 'notes.txt'), 'mine')
    const progress: number[] = []
    const report = await verifyLedger(dir, { onProgress: (done, total) => progress.push(done / total) })
    expect(report).toMatchObject({ head: { size: 5 }, lastTime: 1_004, unsigned: 0 })
    expect(report.files.map(({ name, cover }) => [name, cover])).toEqual([
      ['details/000000.log', 'tree'],
      ['entries/000000.log', 'tree'],
      ['head.cose', 'own-signature'],
      ['heads/000000.log', 'cache'],
      ['notes.txt', 'none'],
      ['retained', 'own-digest'],
      ['tlog/checkpoint', 'own-signature'],
      ['tlog/tile/', 'cache'],
    ])
    expect(progress.at(-1)).toBe(1)
  })

  it('finds each flipped bit of every file of the folder', { timeout: 600_000 }, async () => {
    const dir = await makeFolder(3)
    for (const name of filesBelow(dir)) {
      // All of them in the long run, else every forty-first.
      expect([name, await unnoticed(dir, name, isLong() ? 1 : 41)]).toEqual([name, []])
    }
    expect(await verdict(dir)).toBe('good')
  })

  it(
    'finds flipped bits in the nodes of the tree, in full tiles and in erased entries',
    { timeout: 600_000 },
    async () => {
      const dir = await makeFolder(258)
      const ledger = openLedger(dir)
      await ledger.eraseEntries([3, 100])
      ledger.close()
      for (const [name, step] of [
        ['tree/000000.log', 6_007],
        ['tlog/tile/0/000', 4_003],
        ['tlog/tile/1/000.p/1', 29],
        ['tlog/tile/0/001.p/2', 61],
      ] as const)
        expect([name, await unnoticed(dir, name, isLong() ? Math.ceil(step / 30) : step)]).toEqual([name, []])
      expect(await verdict(dir)).toBe('good')
    },
  )

  it('misses no cache or tile, but refuses those that hold more than the ledger', async () => {
    const dir = await makeFolder(4)
    for (const name of ['tree', 'heads', 'tlog', 'retained']) rmSync(join(dir, name), { recursive: true, force: true })
    expect(await verdict(dir)).toBe('good')
    mkdirSync(join(dir, 'heads'))
    writeFileSync(join(dir, 'heads/000000.log'), new Uint8Array(32 * 5))
    expect(await verdict(dir)).toBe('LEDGER_DAMAGED')
  })

  it('names file, offset and index of the damage', async () => {
    const dir = await makeFolder(4)
    const path = join(dir, 'entries/000000.log')
    const bytes = readFileSync(path)
    bytes[bytes.length - 5] = Number(bytes[bytes.length - 5]) ^ 1
    writeFileSync(path, bytes)
    await expect(verifyLedger(dir)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED', data: { path, index: 3 } })
  })

  it('is no obstacle to a host that is writing: what is unfinished behind the head is not judged', async () => {
    const dir = await makeFolder(4)
    const ledger = openLedger(dir)
    await ledger.append([sighting(4)])
    ledger.close()
    appendFileSync(join(dir, 'entries/000000.log'), Uint8Array.of(0, 0, 1, 0, 7))
    expect(await verifyLedger(dir)).toMatchObject({ head: { size: 4 }, unsigned: 1 })
  })

  it('finds a request that was laid beside another entry', async () => {
    const dir = await makeFolder(3)
    const ledger = openLedger(dir)
    const [, second] = ledger.details()
    if (second === undefined) throw new Error('no details')
    ledger.keepDetails([{ ...second, index: 1 }])
    ledger.close()
    expect(await verdict(dir)).toBe('LEDGER_DAMAGED')
  })

  it('does not miss what was erased (rule 31), but misses a head', async () => {
    const dir = await makeFolder(3)
    rmSync(join(dir, 'details'), { recursive: true })
    expect(await verdict(dir)).toBe('good')
    rmSync(join(dir, 'head.cose'))
    expect(await verdict(dir)).toBe('LEDGER_DAMAGED')
  })
})

describe('verifyLedger of a ledger that its owner has changed', () => {
  it('finds an entry that was written anew with its checksum and the caches that fit it', async () => {
    const dir = await makeFolder(5)
    const path = join(dir, 'entries/000000.log')
    const bytes = readFileSync(path)
    const seed = seedOf(bytes.subarray(0, headerLength))
    const at = bytes.length - 60
    // The last record of the file, as its writer would have sealed it.
    const begin = lastRecord(bytes, seed)
    bytes[at] = Number(bytes[at]) ^ 1
    sealRecord(bytes, begin, recordKinds.entry, bytes.length - begin - prefixLength, seed)
    writeFileSync(path, bytes)
    for (const name of ['tree', 'heads', 'tlog']) rmSync(join(dir, name), { recursive: true, force: true })
    await expect(verifyLedger(dir)).rejects.toThrow('not those that the head was signed over')
    expect(() => openLedger(dir)).toThrow('not those that the head was signed over')
  })

  it('leaves no file open, whatever it finds', async () => {
    const dir = await makeFolder(258)
    const path = join(dir, 'tree/000000.log')
    const bytes = readFileSync(path)
    bytes[9] = Number(bytes[9]) ^ 1
    writeFileSync(path, bytes)
    for (let times = 0; times < 3; times += 1) expect(await verdict(dir)).toBe('LEDGER_DAMAGED')
    expect(openBelow(dir)).toEqual([])
  })
})

function lastRecord(bytes: Buffer, seed: number): number {
  for (let at = bytes.length - prefixLength - 1; at > 0; at -= 1)
    if (recordAt(bytes, at, seed) === bytes.length - at - prefixLength) return at
  throw new Error('no record')
}

/** The files below a folder that this process has open, where the system tells. */
function openBelow(dir: string): readonly string[] {
  const folder = '/proc/self/fd'
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const target = readlinkOr(join(folder, name))
    return target.startsWith(dir) ? [target] : []
  })
}

function readlinkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
