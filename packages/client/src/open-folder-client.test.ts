import { chownSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { codeOf, hardware, noNetwork, setupKey, TestClock, TestVendor } from './client.fixture.ts'
import { openFolderClient } from './open-folder-client.ts'
import { newClient } from './setting.fixture.ts'

const nobody = 65_534
const isRoot = process.getuid?.() === 0

function everything(dir: string): readonly string[] {
  return [dir, ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name))]
}

describe('a command', () => {
  it.runIf(isRoot)(
    'of root leaves the folder of another account alone: that one could not read what it writes',
    async () => {
      const { dir, client } = await newClient(new TestVendor())
      client.installKey(setupKey)
      for (const path of everything(dir)) chownSync(path, nobody, nobody)
      const open = (): Promise<unknown> => {
        const surroundings = { now: new TestClock().now, probe: () => Promise.resolve(hardware), network: noNetwork }
        return openFolderClient({ dir, ...surroundings })
      }
      expect(await codeOf(open)).toBe('FOLDER_NOT_WRITABLE')
      expect(everything(dir).filter((path) => lstatSync(path).uid !== nobody)).toEqual([])
    },
  )

  it('of root makes a folder that is missing', async () => {
    const dir = join(temporaryFolder(), 'new')
    await openFolderClient({
      dir,
      now: new TestClock().now,
      probe: () => Promise.resolve(hardware),
      network: noNetwork,
    })
    expect(readdirSync(dir)).toContain('device.key')
  })
})
