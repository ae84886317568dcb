import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { encodeBase64 } from '@volact/core/bytes'
import { grantTime } from '@volact/core/document/host.fixture'
import { days } from '@volact/core/time'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { honest, TestVendor } from '../client.fixture.ts'
import { openClient } from '../open-client.ts'
import { startScripted } from '../setting.fixture.ts'
import { crashCatalog, crashProbe } from './crash.fixture.ts'

const vendor = new TestVendor()
const program = fileURLToPath(new URL('full-disk.fixture.ts', import.meta.url))

describe.runIf(process.platform !== 'win32')('a store on a full disk', () => {
  it('opens, tells the state, and loses nothing that was confirmed', { timeout: 30_000 }, async () => {
    const dir = temporaryFolder()
    const vendors = [{ roots: [vendor.root.der], policy: crashCatalog }]
    const open = (now: number): ReturnType<typeof openClient> =>
      openClient({ dir, now: () => now, probe: crashProbe, vendors })
    const server = await startScripted(honest(vendor.host(), () => grantTime + days(9)))
    const client = await open(grantTime)
    client.installKey(crashCatalog.products[0]?.setupKey ?? '')
    await client.activate({ host: server.address })
    const names = ['device.key', 'client.json', 'seal', join('licenses', '387f2bf7-e4c3-4a6c-a0d2-1fa17468da78.lease')]
    const before = names.map((name) => readFileSync(join(dir, name)))
    const root = encodeBase64(vendor.root.der)
    const order = JSON.stringify({ dir, host: server.address, root, now: grantTime + days(12), seed: 0 })
    // No file may grow at all, which Node sees as it sees a full disk.
    const line = ['-c', 'ulimit -f 0; exec "$0" "$@"', process.execPath, '--conditions=volact-source', program, order]
    const { stdout } = await promisify(execFile)('bash', line)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ state: 'licensed', code: 'DISK_FULL', after: 'licensed' },
      notes: [expect.stringContaining('the file may not grow further here')],
    })
    expect(names.map((name) => readFileSync(join(dir, name)))).toEqual(before)
    const again = await open(grantTime + days(9))
    expect(again.status()).toMatchObject({ state: 'licensed', notes: [] })
    expect(await again.activate({ host: server.address })).toMatchObject({ outcome: 'activated' })
  })
})
