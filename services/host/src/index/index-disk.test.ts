import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { type HostChild, serveInNamespaces } from '../host-child.fixture.ts'
import { makeActivatedHost } from '../host.fixture.ts'
import { hostStatus } from '../host-status.ts'
import type { HostStatus } from '../status.ts'
import { ask, TestMachine } from '../machine.fixture.ts'
import { fillWith, hasNamespaces, insideOf } from '../own-disk.fixture.ts'
import { makeVendor, start } from '../vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

/** A host whose index lies on a small disk of its own, and whose ledger has room. */
async function hostWithSmallIndexDisk(): Promise<{
  readonly child: HostChild
  readonly disk: string
  readonly dir: string
}> {
  const [source, disk] = [await makeActivatedHost(vendor), temporaryFolder()]
  const prepare =
    `mount -t tmpfs -o size=2m tmpfs "${disk}" && cp -a "${source}" "${disk}/host" && ` +
    `mount -t tmpfs -o size=16m tmpfs "${disk}/host/vendors" && cp -a "${source}/vendors/." "${disk}/host/vendors" && `
  const child = await serveInNamespaces(prepare, join(disk, 'host'))
  return { child, disk, dir: insideOf(child, join(disk, 'host')) }
}

async function grantTo(child: HostChild, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const answer = await ask(child.address, new TestMachine(name).request(vendor.desktop, start).message)
    expect(answer.kind, name).toBe('grant')
  }
}

async function statusWhen(dir: string, isSo: (status: HostStatus) => boolean): Promise<HostStatus['index']> {
  for (;;) {
    const status = await hostStatus(dir, { now: () => start })
    if (isSo(status)) return status.index
    await setTimeout(10)
  }
}

const isUnavailable = ({ index }: HostStatus): boolean => index?.state === 'unavailable'
const isGood = ({ index }: HostStatus): boolean => index?.state === 'good' && index.behind === 0

it.runIf(hasNamespaces)(
  'an index on a full disk keeps nobody from being activated, status says so, and it catches up when there is room',
  { timeout: 30_000 },
  async () => {
    const { child, dir } = await hostWithSmallIndexDisk()
    await grantTo(child, ['before'])
    await statusWhen(dir, isGood)
    fillWith(join(dir, 'ballast'))
    await grantTo(
      child,
      Array.from({ length: 20 }, (_, number) => `full ${String(number)}`),
    )
    expect((await statusWhen(dir, isUnavailable))?.problem).toContain('the disk is full')
    rmSync(join(dir, 'ballast'))
    await grantTo(child, ['after'])
    expect(await statusWhen(dir, isGood)).toEqual({ state: 'good', behind: 0 })
    await child.kill()
  },
)

it.runIf(hasNamespaces)(
  'an index on a read-only file system does not either, and is written again when it can be',
  { timeout: 30_000 },
  async () => {
    const { child, dir, disk } = await hostWithSmallIndexDisk()
    await grantTo(child, ['before'])
    await statusWhen(dir, isGood)
    const inside = (script: string): void => {
      const done = spawnSync(
        'nsenter',
        [`--target=${String(child.running.pid)}`, '--user', '--preserve-credentials', '--mount', 'bash', '-c', script],
        { encoding: 'utf8' },
      )
      expect(done.stderr).toBe('')
    }
    const index = join(disk, 'host', 'index.db')
    inside(
      `cp "${index}" "${index}.copy" && mount --bind "${index}.copy" "${index}" && mount -o remount,bind,ro "${index}"`,
    )
    await grantTo(child, ['meanwhile 1', 'meanwhile 2'])
    expect((await statusWhen(dir, isUnavailable))?.problem).toContain('cannot be written')
    inside(`umount "${index}"`)
    await grantTo(child, ['after'])
    expect(await statusWhen(dir, isGood)).toEqual({ state: 'good', behind: 0 })
    await child.kill()
  },
)
