import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { rounds } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { vendorFiles } from './folder/files.ts'
import { serveOnSmallDisk } from './host-child.fixture.ts'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { expectRecorded } from './lease.fixture.ts'
import { TestMachine } from './machine.fixture.ts'
import { copyOfRunning, fillWith, hasNamespaces, insideOf } from './own-disk.fixture.ts'
import { startHost } from './start-host.ts'
import { SteadyLoad } from './steady-load.fixture.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

const vendor = makeVendor({ threshold: 1 })

describe.runIf(hasNamespaces)('a host on a disk that is full', () => {
  it(
    'in the middle of load says that it cannot record, answers nothing that is not recorded, and heals by itself',
    { timeout: 60_000 },
    async () => {
      const [source, disk] = [await makeActivatedHost(vendor), temporaryFolder()]
      const child = await serveOnSmallDisk(source, disk, 4)
      const ballast = insideOf(child, join(disk, 'ballast'))
      const load = new SteadyLoad(vendor, child.address, 4)
      const { leases, refusals } = load
      await load.until(() => leases.length > 40)
      for (let time = 0; time < 3; time += 1) {
        refusals.clear()
        fillWith(ballast)
        await load.until(() => refusals.size > 0)
        await setTimeout(50)
        rmSync(ballast)
        const granted = leases.length
        await load.until(() => leases.length > granted + 20)
        expect([...refusals]).toEqual(['DISK_FULL'])
      }
      await load.stop()
      const copy = copyOfRunning(insideOf(child, join(disk, 'host')))
      await child.kill()
      // What stands there without an answer was synced before something else failed: no more than was under way.
      expect(expectRecorded(copy, leases)).toBeLessThanOrEqual(2 + leases.length + 3 * 4)
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
