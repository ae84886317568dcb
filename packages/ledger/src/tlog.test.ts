import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toHex } from '@volact/core/bytes'
import { leafHash } from '@volact/core/transparency/node-hash'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ledger } from './ledger.ts'
import { makeLog, signHead } from './ledger.fixture.ts'
import { newLedger } from './new-ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { publishTiles } from './publish-tiles.ts'
import { noteKeyId, openNote, originOf, signNote, verifierKey } from './tlog-note.ts'
import { parseTilePath, tilePath, tilesOf } from './tlog-tile.ts'
import { verifyLedger } from './verify-ledger.ts'

async function grow(ledger: Ledger, count: number): Promise<void> {
  // None begins as an entry of a kind that is read at a start.
  const entries = Array.from({ length: count }, () => Uint8Array.of(0, ...randomBytes(39)))
  await ledger.append({ first: ledger.size, time: ledger.lastTime, entries })
}

// A verifier of C2SP signed notes and tiles of its own, from the specifications: it shares no code with what is tested.

/** Opens a note with a verifier key, as `sumdb/note` writes it: name+hash+base64(0x01 ‖ key). */
function openWith(vkey: string, note: string): { origin: string; size: number; root: Buffer } {
  const [name = '', hash = '', key = ''] = vkey.split('+').length === 3 ? vkey.split('+') : splitPlus(vkey)
  const raw = Buffer.from(key, 'base64')
  const id = createHash('sha256').update(`${name}\n`).update(raw).digest().subarray(0, 4)
  expect(id.toString('hex')).toBe(hash)
  const end = note.lastIndexOf('\n\n') + 1
  const text = note.slice(0, end)
  const [line = ''] = note.slice(end + 1).split('\n')
  const [dash, signer, digits = ''] = line.split(' ')
  expect([dash, signer]).toEqual(['\u2014', name])
  const signature = Buffer.from(digits, 'base64')
  expect(signature.subarray(0, 4)).toEqual(id)
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw.subarray(1)])
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  expect(verify(null, Buffer.from(text), publicKey, signature.subarray(4))).toBe(true)
  const [origin = '', size, root = ''] = text.split('\n')
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') }
}

/** The base64 of the key may hold plus signs, too. */
function splitPlus(vkey: string): string[] {
  const [name = '', hash = ''] = vkey.split('+')
  return [name, hash, vkey.slice(name.length + hash.length + 2)]
}

/** Computes the root of a size from the leaf hashes of level-0 tiles alone, and compares the tiles above with it on the way. */
function rootOfTiles(folder: string, size: number): Buffer {
  let level = readLevel(folder, 0, size)
  for (let height = 1; 256 ** height <= size; height += 1) {
    const above = readLevel(folder, height, Math.floor(size / 256 ** height))
    const made = Array.from({ length: above.length }, (_, at) => mth(level.slice(256 * at, 256 * (at + 1))))
    expect(above).toEqual(made)
    level = above
  }
  return mth(readLevel(folder, 0, size))
}

function readLevel(folder: string, level: number, hashes: number): Buffer[] {
  const found: Buffer[] = []
  for (let number = 0; number * 256 < hashes; number += 1) {
    const width = Math.min(256, hashes - number * 256)
    const digits = String(number).padStart(3, '0')
    const name = number < 1000 ? digits : `x${digits.slice(0, -3).padStart(3, '0')}/${digits.slice(-3)}`
    const bytes = readFileSync(join(folder, 'tile', String(level), width === 256 ? name : `${name}.p/${width}`))
    expect(bytes).toHaveLength(32 * width)
    for (let at = 0; at < bytes.length; at += 32) found.push(bytes.subarray(at, at + 32))
  }
  return found
}

function mth(hashes: readonly Buffer[]): Buffer {
  const [only = Buffer.alloc(0)] = hashes
  if (hashes.length <= 1) return only
  let k = 1
  while (2 * k < hashes.length) k *= 2
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(mth(hashes.slice(0, k)))
    .update(mth(hashes.slice(k)))
    .digest()
}

describe('the signed note and the tiles of a ledger (rule 30)', () => {
  it.each([1, 2, 255, 256, 257, 700, 66_000])('are those of C2SP for a ledger of %i entries', async (size) => {
    const { dir, ledger, log } = await newLedger()
    if (size > 1) await grow(ledger, size - 1)
    expect(await publishTiles(ledger, { logId: log.logId, signer: log.noteSigner })).toBe(size)
    const note = readFileSync(join(dir, 'tlog', 'checkpoint'), 'utf8')
    const opened = openWith(verifierKey(originOf(log.logId), log.noteSigner.publicKey), note)
    expect(opened).toEqual({ origin: `volact.invalid/${toHex(log.logId)}`, size, root: Buffer.from(ledger.root()) })
    expect(rootOfTiles(join(dir, 'tlog'), size)).toEqual(opened.root)
    ledger.close()
  })

  it('keep the partial tiles of earlier notes until the full one is there', async () => {
    const { dir, ledger, log } = await newLedger()
    const options = { logId: log.logId, signer: log.noteSigner }
    const partial = (width: number): boolean => existsSync(join(dir, 'tlog/tile/0/000.p', String(width)))
    await grow(ledger, 99)
    await publishTiles(ledger, options)
    await grow(ledger, 100)
    await publishTiles(ledger, options)
    expect([partial(100), partial(200)]).toEqual([true, true])
    await grow(ledger, 100)
    await publishTiles(ledger, options)
    expect([partial(100), partial(200), existsSync(join(dir, 'tlog/tile/0/000'))]).toEqual([false, false, true])
    expect(rootOfTiles(join(dir, 'tlog'), 300)).toEqual(Buffer.from(ledger.root()))
    ledger.close()
  })

  it('are written anew where the note was lost, and verified with the ledger', async () => {
    const { dir, ledger, log } = await newLedger()
    const entries = Array.from({ length: 20 }, () => new Uint8Array(randomBytes(40)))
    await ledger.append({ first: 1, time: 1_000, entries })
    await publishTiles(ledger, { logId: log.logId, signer: log.noteSigner })
    rmSync(join(dir, 'tlog/checkpoint'))
    await publishTiles(ledger, { logId: log.logId, signer: log.noteSigner })
    expect(rootOfTiles(join(dir, 'tlog'), 21)).toEqual(Buffer.from(ledger.root()))
    expect(readFileSync(join(dir, 'tlog/tile/0/000.p/21')).subarray(32, 64)).toEqual(
      Buffer.from(leafHash(entries[0] ?? new Uint8Array())),
    )
    signHead(ledger, log)
    ledger.close()
    // These entries are no CBOR, so the ledger as a whole does not verify.
    await expect(verifyLedger(dir)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
  })

  it('are looked through in small steps at the next start, even where nothing has changed', async () => {
    const { dir, ledger, log } = await newLedger()
    const options = { logId: log.logId, signer: log.noteSigner }
    await grow(ledger, 20 * 256)
    await publishTiles(ledger, options)
    ledger.close()
    const again = openLedger(dir)
    const publishing = { isDone: false }
    const published = publishTiles(again, options).finally(() => {
      publishing.isDone = true
    })
    let turns = 0
    for (; !publishing.isDone; turns += 1) await new Promise((turned) => setImmediate(turned))
    expect(await published).toBe(20 * 256 + 1)
    expect(turns).toBeGreaterThanOrEqual(20)
    again.close()
  })

  it('are mended at the next start, since a power cut may take what was never synced', async () => {
    const { dir, ledger, log } = await newLedger()
    const options = { logId: log.logId, signer: log.noteSigner }
    await grow(ledger, 500)
    await publishTiles(ledger, options)
    await grow(ledger, 50)
    await publishTiles(ledger, options)
    ledger.close()
    const names = ['tile/0/000', 'tile/0/001.p/245', 'tile/0/002.p/39', 'tile/1/000.p/1']
    const paths = names.map((name) => join(dir, 'tlog', name)).filter((path) => existsSync(path))
    const good = paths.map((path) => readFileSync(path))
    for (const path of paths) writeFileSync(path, '')
    const again = openLedger(dir)
    await publishTiles(again, options)
    expect(paths.map((path) => readFileSync(path))).toEqual(good)
    expect(paths.length).toBeGreaterThanOrEqual(3)
    again.close()
  })

  it('open only under their own name and key', () => {
    const { noteSigner, logId } = makeLog()
    const other = makeLog()
    const head = { origin: originOf(logId), size: 7, root: new Uint8Array(randomBytes(32)) }
    const note = Buffer.from(signNote(head, noteSigner))
    expect(openNote(note, head.origin, noteSigner.publicKey)).toEqual(head)
    expect(openNote(note, head.origin, other.noteSigner.publicKey)).toBeUndefined()
    expect(openNote(note, originOf(other.logId), noteSigner.publicKey)).toBeUndefined()
    for (let bit = 0; bit < 8 * note.length; bit += 1) {
      const spoiled = Uint8Array.from(note)
      spoiled[bit >> 3] = Number(spoiled[bit >> 3]) ^ (1 << (bit & 7))
      expect(openNote(spoiled, head.origin, noteSigner.publicKey)).toBeUndefined()
    }
  })

  it('have the key ID of the specification', () => {
    const key = { algorithm: 'Ed25519', bytes: new Uint8Array(32).fill(7) } as const
    const expected = createHash('sha256').update('example.com/log\n\u0001').update(key.bytes).digest().subarray(0, 4)
    expect(Buffer.from(noteKeyId('example.com/log', key))).toEqual(expected)
  })
})

describe('the path of a tile', () => {
  it.each([
    [{ level: 0, number: 0, width: 256 }, 'tile/0/000'],
    [{ level: 1, number: 1_234_067, width: 256 }, 'tile/1/x001/x234/067'],
    [{ level: 2, number: 999, width: 17 }, 'tile/2/999.p/17'],
    [{ level: 0, number: 1_000, width: 1 }, 'tile/0/x001/000.p/1'],
  ])('of %o is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path)
    expect(parseTilePath(path)).toEqual(tile)
  })

  it('is read as it was written, and nothing else is one', () => {
    fc.assert(
      fc.property(fc.nat(63), fc.nat(2 ** 31), fc.integer({ min: 1, max: 256 }), (level, number, width) => {
        expect(parseTilePath(tilePath({ level, number, width }))).toEqual({ level, number, width })
      }),
    )
    for (const path of [
      'tile/0/00',
      'tile/00/000',
      'tile/0/x000/001',
      'tile/0/000.p/256',
      'tile/0/000.p/0',
      'tile/0/000.p/01',
      'tile/0/000.new',
    ])
      expect(parseTilePath(path)).toBeUndefined()
  })

  it('is that of the example in the specification for 70,000 entries', () => {
    const tiles = [...tilesOf(70_000, 0)]
    const of = (level: number): readonly number[] =>
      tiles.filter((tile) => tile.level === level).map(({ width }) => width)
    expect(of(0)).toEqual([...Array.from({ length: 273 }, () => 256), 112])
    expect(of(1)).toEqual([256, 17])
    expect(of(2)).toEqual([1])
  })
})
