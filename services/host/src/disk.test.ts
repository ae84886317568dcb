import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { openLedger } from '@volact/ledger/open-ledger'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { vendorFiles } from './folder/files.ts'
import { serveOnSmallDisk } from './host-child.fixture.ts'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { TestConnection, TestMachine } from './machine.fixture.ts'
import { startHost } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

const vendor = makeVendor({ threshold: 1 })

/** Whether a disk can be made here that only a child sees. */
const hasNamespaces = spawnSync('unshare', ['-Urm', 'true']).status === 0

/** Fills a disk to the last byte. */
function fill(path: string): void {
  const [block, pieces] = [new Uint8Array(4_096), [] as Uint8Array[]]
  try {
    for (;;) {
      pieces.push(block)
      writeFileSync(path, block, { flag: 'a' })
    }
  } catch {
    // That was the last of it.
  }
}

describe.runIf(hasNamespaces)('a host on a disk that is full', () => {
  it(
    'in the middle of load says that it cannot record, answers nothing that is not recorded, and heals by itself',
    { timeout: 60_000 },
    async () => {
      const [source, disk] = [await makeActivatedHost(vendor), temporaryFolder()]
      const child = await serveOnSmallDisk(source, disk, 4)
      const inside = join(`/proc/${child.running.pid ?? 0}/root`, disk)
      const leases: { readonly index: number; readonly entry: string }[] = []
      const refusals = new Set<string>()
      let isOver = false
      const load = async (number: number): Promise<void> => {
        const connection = await TestConnection.open(child.address)
        const machine = new TestMachine(`machine ${number}`)
        while (!isOver) {
          const sent = machine.request(vendor.desktop, start)
          connection.send(sent.message)
          const answer = await connection.next()
          if (answer?.kind === 'grant') {
            leases.push({ index: machine.accept(vendor, sent, answer).grant.index, entry: toHex(answer.entry) })
          } else refusals.add(answer?.kind === 'refusal' ? answer.code : String(answer?.kind))
          await setTimeout(2)
        }
        connection.close()
      }
      const until = async (isSo: () => boolean): Promise<void> => {
        while (!isSo()) await setTimeout(5)
      }
      const loads = Promise.all([0, 1, 2, 3].map(load))
      await until(() => leases.length > 40)
      for (let time = 0; time < 3; time += 1) {
        refusals.clear()
        fill(join(inside, 'ballast'))
        await until(() => refusals.size > 0)
        await setTimeout(50)
        rmSync(join(inside, 'ballast'))
        const granted = leases.length
        await until(() => leases.length > granted + 20)
        expect([...refusals]).toEqual(['DISK_FULL'])
      }
      isOver = true
      await loads
      const copy = join(temporaryFolder(), 'host')
      cpSync(join(inside, 'host'), copy, { recursive: true, filter: (path) => !/\.sock$|lock/.test(path) })
      await child.kill()
      const ledger = openLedger(vendorFiles(copy, 'example').ledger)
      for (const { index, entry } of leases) expect(toHex(ledger.entry(index) ?? new Uint8Array(0))).toBe(entry)
      // What stands there without an answer was synced before something else failed: no more than was under way.
      expect(ledger.size).toBeLessThanOrEqual(2 + leases.length + 3 * 4)
      ledger.close()
      expect(await verifyHostLedger(copy)).toMatchObject({ verified: true })
    },
  )

  it('or that is read-only, is not started, and says why', async () => {
    const [source, disk] = [await makeActivatedHost(vendor), temporaryFolder()]
    const script = `mount -t tmpfs -o size=8m tmpfs "$1" && cp -a "$2" "$1/host" && mount -o remount,ro "$1" && shift 2 && exec "$@"`
    const command = new URL('../../../apps/cli/src/main.ts', import.meta.url).pathname
    const line = [process.execPath, '--conditions=volact-source', '--no-warnings', command]
    const serveLine = [...line, 'host', 'serve', '--dir', `${disk}/host`, '--listen', '127.0.0.1:0']
    const done = spawnSync('unshare', ['-Urm', 'bash', '-c', script, 'bash', disk, source, ...serveLine], {
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect(done.stderr).toContain('read-only')
    expect(done.status).toBe(4)
  })
})

describe('a host with a damaged folder', () => {
  it(
    'is refused with a flipped bit in its entries, wherever that is, and the ledger is named',
    { timeout: 60_000 },
    async () => {
      const source = await makeActivatedHost(vendor)
      const host = await serve(source)
      const machine = new TestMachine('a')
      for (let renewal = 0; renewal < 5; renewal += 1) {
        const { sent, answer } = await machine.ask(host.address, vendor.desktop, start)
        machine.accept(vendor, sent, answer)
      }
      await host.close()
      for (let round = 0; round < rounds(200); round += 1) {
        const dir = join(temporaryFolder(), 'host')
        cpSync(source, dir, { recursive: true })
        const { ledger } = vendorFiles(dir, 'example')
        const entries = join(ledger, 'entries')
        const [name = ''] = readdirSync(entries)
        const path = join(entries, name)
        const bytes = readFileSync(path)
        const at = randomInt(bytes.length)
        bytes[at] = Number(bytes[at]) ^ (1 << randomInt(8))
        writeFileSync(path, bytes)
        const started = startHost({ dir, listen: { host: '127.0.0.1', port: 0 }, now: () => start })
        await expect(started, `bit of byte ${at}`).rejects.toMatchObject({
          ...{ name: 'ActivationError', message: expect.stringContaining(ledger) as string },
        })
      }
    },
  )
})
