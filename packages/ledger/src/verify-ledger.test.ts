import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { isLong } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { makeLog, sightingWithDetails, sighting, signHead } from './ledger.fixture.ts'
import { openLedger } from './open-ledger.ts'
import { headerLength } from './record.ts'
import { verifyLedger } from './verify-ledger.ts'

async function makeFolder(entries: number): Promise<string> {
  const dir = join(temporaryFolder(), 'ledger')
  const log = makeLog()
  const ledger = openLedger(dir, { create: true })
  const made = Array.from({ length: entries - 1 }, (_, index) => sightingWithDetails(index + 1))
  await ledger.append([log.entry0, ...made.map(({ entry }) => entry)])
  ledger.keepDetails(made.map(({ record }) => record))
  signHead(ledger, log)
  ledger.close()
  return dir
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
      ['details.log', 'tree'],
      ['entries.log', 'tree'],
      ['head.cose', 'own-signature'],
      ['notes.txt', 'none'],
    ])
    expect(progress.at(-1)).toBe(1)
  })

  it.each(['entries.log', 'head.cose', 'details.log'])(
    'finds each flipped bit of %s',
    { timeout: 300_000 },
    async (name) => {
      const dir = await makeFolder(3)
      const path = join(dir, name)
      const bytes = readFileSync(path)
      // The last record of the details may be torn by a crash at any moment, so that its loss is no damage.
      const end = name === 'details.log' ? headerLength + 8 + bytes.readUInt32BE(headerLength) : bytes.length
      const passed: number[] = []
      // All of them in the long run, else every ninth.
      for (let bit = 0; bit < end * 8; bit += isLong() ? 1 : 9) {
        const spoiled = Uint8Array.from(bytes)
        spoiled[bit >> 3] = Number(spoiled[bit >> 3]) ^ (1 << (bit & 7))
        writeFileSync(path, spoiled)
        if ((await verdict(dir)) === 'good') passed.push(bit)
      }
      expect(passed).toEqual([])
    },
  )

  it('names file, offset and index of the damage', async () => {
    const dir = await makeFolder(4)
    const path = join(dir, 'entries.log')
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
    appendFileSync(join(dir, 'entries.log'), Uint8Array.of(0, 0, 1, 0, 7))
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
    rmSync(join(dir, 'details.log'))
    expect(await verdict(dir)).toBe('good')
    rmSync(join(dir, 'head.cose'))
    expect(await verdict(dir)).toBe('LEDGER_DAMAGED')
  })
})
