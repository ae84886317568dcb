import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it } from 'vitest'
import { serveInNamespaces } from './host-child.fixture.ts'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { expectRecorded } from './lease.fixture.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import { copyOfRunning, insideOf } from './own-disk.fixture.ts'
import { SteadyLoad } from './steady-load.fixture.ts'
import { makeVendor, start } from './vendor.fixture.ts'
import { verifyHostLedger } from './verify-host-ledger.ts'

/** ext4 with `errors=remount-ro` is what turns read-only below programs that have files open; a remount by hand is refused then. */
function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root mounts a file system from a file'
  if (!existsSync('/sys/fs/ext4')) return 'this kernel has no ext4'
  if (spawnSync('mkfs.ext4', ['-V']).status !== 0) return 'there is no mkfs.ext4'
  return spawnSync('losetup', ['-f']).status === 0 ? undefined : 'there is no loop device'
}

const obstacle = whyNot()
if (obstacle !== undefined) process.stderr.write(`no file system is turned read-only: ${obstacle}\n`)

/** Has the kernel find an error in the file system on which a process has a folder. */
function failUnder(pid: number, disk: string): void {
  const mounts = readFileSync(`/proc/${String(pid)}/mounts`, 'utf8')
  const [device = ''] =
    mounts
      .split('\n')
      .find((line) => line.split(' ')[1] === disk)
      ?.split(' ') ?? []
  expect(device).toMatch(/^\/dev\/loop\d+$/)
  writeFileSync(`/sys/fs/ext4/${device.slice('/dev/'.length)}/trigger_fs_error`, '1')
}

it.runIf(obstacle === undefined)(
  'a host whose disk turns read-only in the middle of load says that it cannot record, answers nothing that is not recorded, and goes on from there',
  { timeout: 30_000 },
  async () => {
    const vendor = makeVendor({ threshold: 1 })
    const [source, disk, image] = [await makeActivatedHost(vendor), temporaryFolder(), join(temporaryFolder(), 'disk')]
    writeFileSync(image, '')
    truncateSync(image, 16_777_216)
    const prepare =
      `mkfs.ext4 -q -O ^has_journal "${image}" && mount -o loop,errors=remount-ro "${image}" "${disk}" && ` +
      `cp -a "${source}" "${disk}/host" && `
    const child = await serveInNamespaces(prepare, join(disk, 'host'), '-m')
    const load = new SteadyLoad(vendor, child.address, 3)
    const { leases, refusals } = load
    await load.until(() => leases.length >= 20)
    failUnder(child.running.pid ?? 0, disk)
    await load.until(() => refusals.size > 0)
    const granted = leases.length
    await setTimeout(100)
    await load.stop()
    expect(leases.length).toBe(granted)
    const copy = copyOfRunning(insideOf(child, join(disk, 'host')))
    await child.kill()
    expect([...refusals]).toEqual(['DISK_FAILED'])
    expectRecorded(copy, leases)
    expect(await verifyHostLedger(copy)).toMatchObject({ verified: true })
    const again = await serve(copy)
    const { message } = new TestMachine('d').request(vendor.desktop, start)
    expect(await ask(again.address, message)).toMatchObject({ kind: 'grant' })
  },
)
