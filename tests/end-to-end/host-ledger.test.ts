import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { vendorFiles } from '@volact/host/folder/files'
import { makeActivatedHost, serve } from '@volact/host/host.fixture'
import { TestMachine } from '@volact/host/machine.fixture'
import { makeVendor, start } from '@volact/host/vendor.fixture'
import { filesBelow } from '@volact/ledger/cover'
import { isLong } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { commandIn } from './command.fixture.ts'
import type { Ended } from './volact.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

interface Estate {
  readonly dir: string
  /** The ledger's folder. */
  readonly ledger: string
  readonly run: (...args: readonly string[]) => Promise<Ended>
  readonly close: () => Promise<void>
}

/** A host that serves and has granted to a few machines. */
async function startEstate(): Promise<Estate> {
  const dir = await makeActivatedHost(vendor)
  const clock = { now: start }
  const host = await serve(dir, clock)
  onTestFinished(() => host.close())
  for (const name of ['anna-pc', 'berta-pc', 'carla-pc']) {
    const { answer } = await new TestMachine(name).ask(host.address, vendor.desktop, start)
    expect(answer.kind).toBe('grant')
  }
  const run = (...args: readonly string[]): Promise<Ended> => commandIn({ now: () => start }, ...args)
  return { dir, ledger: vendorFiles(dir, 'example').ledger, run, close: () => host.close() }
}

describe('volact host ledger', () => {
  it('verifies beside the running host and says what vouches for each file (rule 30)', async () => {
    const { dir, run } = await startEstate()
    const { status, stdout } = await run('host', 'ledger', 'verify', '--dir', dir)
    expect(status).toBe(0)
    for (const line of [/entries\/000000\.log +tree /, /details\/000000\.log +tree /, /head\.cose +own-signature/])
      expect(stdout).toMatch(line)
  })

  it('finds a flipped bit in any file, names the file and ends with status 4', { timeout: 300_000 }, async () => {
    const { dir, ledger, run, close } = await startEstate()
    await close()
    for (const name of filesBelow(ledger)) {
      const path = join(ledger, name)
      const bytes = readFileSync(path)
      for (let at = 5; at < bytes.length / 2; at += isLong() ? 41 : 389) {
        const spoiled = Uint8Array.from(bytes)
        spoiled[at] = Number(spoiled[at]) ^ (1 << (at & 7))
        writeFileSync(path, spoiled)
        const { status, stderr } = await run('host', 'ledger', 'verify', '--dir', dir)
        expect([name, at, status]).toEqual([name, at, 4])
        expect(stderr).toContain(path)
      }
      writeFileSync(path, bytes)
    }
    expect((await run('host', 'ledger', 'verify', '--dir', dir)).status).toBe(0)
  })

  it('exports a range that proves itself under the root alone, without names unless they are asked for (rule 32)', async () => {
    const { dir, run } = await startEstate()
    const folder = temporaryFolder()
    const root = join(folder, 'root.pem')
    expect((await run('host', 'cert', 'export', '--dir', dir, '-o', folder)).status).toBe(0)
    const plain = join(folder, 'plain')
    const named = join(folder, 'named')
    for (const [file, ...more] of [
      [plain, '--from', '2', '--to', '4'],
      [named, '--all', '--details'],
    ] as const)
      expect((await run('host', 'ledger', 'export', '--dir', dir, ...more, '-o', file)).status).toBe(0)
    expect(readFileSync(plain, 'latin1')).not.toContain('anna-pc')
    expect(readFileSync(named, 'latin1')).toContain('anna-pc')
    const checked = await run('host', 'ledger', 'verify', '--export', plain, '--root', root, '--json')
    expect(checked.status).toBe(0)
    expect(JSON.parse(checked.stdout)).toMatchObject({ verified: true, from: 2, to: 4, erased: 0, withDetails: 0 })
    const all = JSON.parse(
      (await run('host', 'ledger', 'verify', '--export', named, '--root', root, '--json')).stdout,
    ) as unknown
    expect(all).toMatchObject({ verified: true, from: 0, withDetails: 3 })
  })

  it('refuses an exported range with any altered byte, and under another root', { timeout: 120_000 }, async () => {
    const { dir, run } = await startEstate()
    const folder = temporaryFolder()
    await run('host', 'cert', 'export', '--dir', dir, '-o', folder)
    const [file, root] = [join(folder, 'range'), join(folder, 'root.pem')]
    await run('host', 'ledger', 'export', '--dir', dir, '--from', '2', '--to', '5', '--details', '-o', file)
    const bytes = readFileSync(file)
    for (let at = 0; at < bytes.length; at += isLong() ? 1 : 61) {
      const spoiled = Uint8Array.from(bytes)
      spoiled[at] = Number(spoiled[at]) ^ (1 << (at & 7))
      writeFileSync(file, spoiled)
      expect([at, (await run('host', 'ledger', 'verify', '--export', file, '--root', root)).status]).not.toEqual([
        at,
        0,
      ])
    }
    writeFileSync(file, bytes)
    expect((await run('host', 'ledger', 'verify', '--export', file, '--root', root)).status).toBe(0)
    const other = join(folder, 'other.der')
    writeFileSync(other, makeVendor().root.der)
    expect((await run('host', 'ledger', 'verify', '--export', file, '--root', other)).status).toBe(10)
  })

  it('says what is missing in a command', async () => {
    const { dir, run } = await startEstate()
    for (const words of [
      ['export'],
      ['export', '-o', 'x'],
      ['export', '--all', '--from', '1', '-o', 'x'],
      ['export', '--tiles', 'x', '--from', '1'],
      ['verify', '--export', 'x'],
    ])
      expect((await run('host', 'ledger', ...words, '--dir', dir)).status).toBe(2)
  })
})
