import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ActivationError } from '@volact/core/errors/activation-error'
import { leafHash } from '@volact/core/transparency/node-hash'
import { rootFromInclusion, verifyConsistency } from '@volact/core/transparency/proof'
import { describe, expect, it } from 'vitest'
import { makeLog, sighting, sightingWithDetails, signHead, type TestLog } from './ledger.fixture.ts'
import { type NewLedger, newLedger, opened } from './new-ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { headerLength } from './record.ts'

async function ledgerOf(entries: number, log?: TestLog): Promise<NewLedger> {
  const made = await newLedger(log)
  if (entries > 1) await made.ledger.append(Array.from({ length: entries - 1 }, (_, index) => sighting(index + 1)))
  return made
}

function caught(run: () => unknown): ActivationError {
  try {
    run()
  } catch (error) {
    if (error instanceof ActivationError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a ledger', () => {
  it('gives back after a new start what was appended, with the same root', async () => {
    const { dir, ledger, log } = await ledgerOf(20)
    const entries = [...ledger.entries()]
    const root = ledger.root()
    signHead(ledger, log)
    ledger.close()
    const again = opened(dir)
    expect([...again.entries()]).toEqual(entries)
    expect(again.root()).toEqual(root)
    expect(again.lastTime).toBe(1_019)
    expect(again.notes).toEqual([])
  })

  it('proves that every entry stands in it, and that it has only grown (rules 21, 22)', async () => {
    const { ledger } = await ledgerOf(13)
    for (let index = 0; index < 13; index += 1) {
      const leaf = leafHash(ledger.entry(index) ?? new Uint8Array(0))
      expect(rootFromInclusion({ index, size: 13, leaf, path: ledger.inclusion(index) })).toEqual(ledger.root())
    }
    for (let from = 1; from < 13; from += 1) {
      const roots = { fromRoot: ledger.rootAt(from), toRoot: ledger.root() }
      expect(verifyConsistency({ from, to: 13, ...roots, path: ledger.consistency(from) })).toBe(true)
    }
  })

  it('takes no entry whose index does not continue or whose time goes back (rule 43)', async () => {
    const { ledger } = await ledgerOf(5)
    await expect(ledger.append([sighting(7)])).rejects.toThrow('not entry 5')
    await expect(ledger.append([sighting(3)])).rejects.toThrow('not entry 5')
    expect(ledger.size).toBe(5)
  })

  it('keeps requests and details beside its entries, and loses nothing else without them (rule 31)', async () => {
    const { dir, ledger } = await ledgerOf(1)
    const { entry, record } = sightingWithDetails(1)
    expect(() => {
      ledger.keepDetails([record])
    }).toThrow('after their entry')
    await ledger.append([entry])
    ledger.keepDetails([record])
    ledger.close()
    expect([...opened(dir).details()]).toEqual([record])
    writeFileSync(
      join(dir, 'details', '000000.log'),
      readFileSync(join(dir, 'details', '000000.log')).subarray(0, headerLength),
    )
    expect(opened(dir).size).toBe(2)
  })
})

describe('a ledger whose file was cut', () => {
  it('cuts off an end that a crash left unfinished, at every byte of it, and says so', async () => {
    const { dir, ledger, log } = await ledgerOf(3)
    signHead(ledger, log)
    const covered = readFileSync(join(dir, 'entries', '000000.log')).length
    await ledger.append([sighting(3)])
    ledger.close()
    const whole = readFileSync(join(dir, 'entries', '000000.log'))
    for (let length = covered + 1; length < whole.length; length += 1) {
      writeFileSync(join(dir, 'entries', '000000.log'), whole.subarray(0, length))
      const again = openLedger(dir)
      expect([again.size, again.notes.length]).toEqual([3, 1])
      again.close()
    }
    const again = openLedger(dir)
    await again.append([sighting(3)])
    again.close()
    expect(openLedgerSize(dir)).toBe(4)
  })

  it('opens after a torn write, whatever a machine has put into the bytes it chose: what looks like a record is none', async () => {
    const { dir, ledger } = await ledgerOf(3)
    const whole = [...readFileSync(join(dir, 'entries', '000000.log'))].length
    await ledger.append([sighting(3, undefined, recordInside(32))])
    ledger.keepDetails([{ ...sightingWithDetails(3).record, details: recordInside(900) }])
    ledger.close()
    const entries = readFileSync(join(dir, 'entries', '000000.log'))
    truncateSync(join(dir, 'entries', '000000.log'), entries.length - 1)
    const details = readFileSync(join(dir, 'details', '000000.log'))
    truncateSync(join(dir, 'details', '000000.log'), details.length - 1)
    expect(opened(dir).notes).toHaveLength(2)
    expect(readFileSync(join(dir, 'entries', '000000.log'))).toHaveLength(whole)
    expect(readFileSync(join(dir, 'details', '000000.log'))).toHaveLength(headerLength)
  })

  it('is damaged, not shortened, where the signed head covers what is missing', async () => {
    const { dir, ledger, log } = await ledgerOf(3)
    signHead(ledger, log)
    ledger.close()
    const path = join(dir, 'entries', '000000.log')
    truncateSync(path, readFileSync(path).length - 1)
    const error = caught(() => openLedger(dir))
    expect(error.code).toBe('LEDGER_DAMAGED')
    expect(error.data).toMatchObject({ path, index: 2, offset: expect.any(Number) as number })
  })

  it('is damaged where whole entries stand behind one that is not, even if no head covers them', async () => {
    const { dir, ledger } = await ledgerOf(4)
    ledger.close()
    const path = join(dir, 'entries', '000000.log')
    const bytes = readFileSync(path)
    for (const offset of [headerLength, headerLength + 3, headerLength + 40]) {
      const spoiled = Uint8Array.from(bytes)
      spoiled[offset] = Number(spoiled[offset]) ^ 0x40
      writeFileSync(path, spoiled)
      expect(caught(() => openLedger(dir))).toMatchObject({ code: 'LEDGER_DAMAGED', data: { path, index: 0 } })
    }
  })

  it('is not harmed by a head that is spoiled, missing or of another log', async () => {
    const { dir, ledger } = await ledgerOf(4)
    const other = makeLog()
    ledger.close()
    writeFileSync(join(dir, 'head.cose'), 'nonsense')
    expect(openLedgerSize(dir)).toBe(4)
    const foreign = await ledgerOf(9, other)
    signHead(foreign.ledger, other)
    writeFileSync(join(dir, 'head.cose'), foreign.ledger.head() ?? '')
    expect(openLedgerSize(dir)).toBe(4)
  })

  it('is damaged when its entries are others than those the head was signed over', async () => {
    const log = makeLog()
    const { ledger: first, dir } = await ledgerOf(6, log)
    signHead(first, log)
    const { dir: otherDir, ledger: second } = await ledgerOf(6, log)
    first.close()
    second.close()
    writeFileSync(join(dir, 'entries', '000000.log'), readFileSync(join(otherDir, 'entries', '000000.log')))
    expect(caught(() => openLedger(dir)).code).toBe('LEDGER_DAMAGED')
  })

  it('cuts off the torn end of its details', async () => {
    const { dir, ledger } = await ledgerOf(1)
    await ledger.append([sighting(1)])
    ledger.keepDetails([sightingWithDetails(1).record])
    ledger.close()
    const whole = readFileSync(join(dir, 'details', '000000.log')).length
    appendFileSync(join(dir, 'details', '000000.log'), Uint8Array.of(0, 0, 0, 9, 1))
    expect(opened(dir).notes).toHaveLength(1)
    expect(readFileSync(join(dir, 'details', '000000.log'))).toHaveLength(whole)
  })
})

/** Bytes that hold a whole record, as far as one can be written without having read the file. */
function recordInside(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  const payload = bytes.subarray(8, 24)
  view.setUint32(0, payload.length)
  view.setUint32(4, crc32(payload, crc32(bytes.subarray(0, 4))))
  return bytes
}

function openLedgerSize(dir: string): number {
  const ledger = openLedger(dir)
  ledger.close()
  return ledger.size
}
