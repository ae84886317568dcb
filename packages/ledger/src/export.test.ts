import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leafHash } from '@volact/core/transparency/node-hash'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { exportTiles } from './export-tiles.ts'
import { parseExported, parseExportHead } from './export-format.ts'
import { exportLedger } from './export-ledger.ts'
import { sightingWithDetails, signHead } from './ledger.fixture.ts'
import { type NewLedger, newLedger } from './new-ledger.fixture.ts'
import { publishTiles } from './publish-tiles.ts'

async function filled(count: number): Promise<NewLedger> {
  const { dir, ledger, log } = await newLedger()
  const made = Array.from({ length: count }, (_, at) => sightingWithDetails(at + 1))
  await ledger.append(made.map(({ entry }) => entry))
  ledger.keepDetails(made.map(({ record }) => record))
  signHead(ledger, log)
  return { dir, ledger, log }
}

/** The items of an export. */
function itemsOf(path: string): Uint8Array[] {
  const bytes = readFileSync(path)
  const items: Uint8Array[] = []
  for (let at = 0; at < bytes.length - 32;) {
    const length = bytes.readUInt32BE(at)
    items.push(new Uint8Array(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return items
}

describe('an export', () => {
  it('has the entries of its range, leaf hashes of erased ones, and details only if they are asked for (rule 32)', async () => {
    const { dir, ledger, log } = await filled(12)
    await ledger.eraseEntries([5])
    const path = join(temporaryFolder(), 'range')
    const options = { chain: [], keys: [log.signer.publicKey], from: 3, to: 8 }
    expect(await exportLedger(dir, path, options)).toEqual({ from: 3, to: 8, size: 13, erased: 1 })
    const [head = new Uint8Array(0), ...items] = itemsOf(path)
    expect(parseExportHead(head)).toMatchObject({ from: 3, to: 8 })
    const entries = items.map(parseExported)
    expect(entries.map(({ kind }) => kind)).toEqual(['entry', 'entry', 'erased', 'entry', 'entry'])
    expect(entries.some((entry) => 'details' in entry)).toBe(false)
    const withDetails = join(temporaryFolder(), 'range')
    await exportLedger(dir, withDetails, { ...options, details: 'with' })
    const [, ...more] = itemsOf(withDetails)
    expect(more.map(parseExported).filter((entry) => 'details' in entry)).toHaveLength(4)
    ledger.close()
  })

  it('of a range that is not there is refused, and a file that is there is not replaced', async () => {
    const { dir, ledger, log } = await filled(2)
    const options = { chain: [], keys: [log.signer.publicKey] }
    const path = join(temporaryFolder(), 'range')
    for (const range of [{ from: 2, to: 2 }, { from: 0, to: 4 }, { from: 3 }])
      await expect(exportLedger(dir, path, { ...options, ...range })).rejects.toMatchObject({ code: 'USAGE' })
    writeFileSync(path, 'mine')
    await expect(exportLedger(dir, path, options)).rejects.toThrow()
    expect(readFileSync(path, 'utf8')).toBe('mine')
    ledger.close()
  })

  it('as tiles has a bundle of the entries for each tile of leaves, but where one was erased (rule 30)', async () => {
    const { dir, ledger, log } = await filled(300)
    await publishTiles(ledger, { logId: log.logId, signer: log.noteSigner })
    const folder = join(temporaryFolder(), 'tiles')
    expect(await exportTiles(dir, folder)).toEqual({ size: 301, bundles: 2, leftOut: 0 })
    const bundle = readFileSync(join(folder, 'tile/entries/001.p/45'))
    const tile = readFileSync(join(folder, 'tile/0/001.p/45'))
    let at = 0
    for (let place = 0; place < 45; place += 1) {
      const length = bundle.readUInt16BE(at)
      const leaf = leafHash(bundle.subarray(at + 2, at + 2 + length))
      expect(tile.subarray(32 * place, 32 * place + 32)).toEqual(Buffer.from(leaf))
      at += 2 + length
    }
    expect(at).toBe(bundle.length)
    await ledger.eraseEntries([7])
    expect(await exportTiles(dir, join(temporaryFolder(), 'more'))).toEqual({ size: 301, bundles: 1, leftOut: 1 })
    await expect(exportTiles(dir, folder)).rejects.toMatchObject({ code: 'USAGE' })
    ledger.close()
  })
})
