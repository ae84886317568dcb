import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { expect, it } from 'vitest'
import { codeOf } from '@volact/client/client.fixture'
import { groupId } from './group-id.ts'

function groups(text: string): string {
  const file = join(temporaryFolder(), 'group')
  writeFileSync(file, text)
  return file
}

it('finds a group by its name, and takes a number as it is', () => {
  const file = groups('root:x:0:\nvolact:x:987:alice,bob\nvolact-2:x:988:\n')
  expect([groupId('volact', file), groupId('root', file), groupId('1234', file)]).toEqual([987, 0, 1234])
})

it.runIf(process.platform === 'linux')('asks the system for groups that are in no file', () => {
  expect(groupId('root', groups(''))).toBe(0)
})

it('refuses a group that does not exist', async () => {
  for (const name of ['no-such-group-here', '', '-1', '--help', 'x:0', '99999999999', '4294967295']) {
    expect([name, await codeOf(() => groupId(name, groups('volact:x:987:\nbad:x::\n')))]).toEqual([name, 'USAGE'])
  }
})
