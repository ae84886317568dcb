import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { makeFolders } from './make-folders.ts'

describe('makeFolders', () => {
  it('makes what is missing, and leaves what is there', () => {
    const top = temporaryFolder()
    makeFolders(join(top, 'a', 'b', 'c'), 0o700)
    makeFolders(join(top, 'a', 'b', 'c'), 0o755)
    expect(statSync(join(top, 'a', 'b', 'c')).mode & 0o777).toBe(0o700)
  })

  it('fails below a plain file, and where a plain file has the name', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(() => {
      makeFolders(join(file, 'a', 'b'), 0o700)
    }).toThrow('ENOTDIR')
    expect(() => {
      makeFolders(file, 0o700)
    }).toThrow('EEXIST')
  })

  it.runIf(process.platform === 'linux')('fails, and ends, in /proc, where Node loops for ever', () => {
    expect(() => {
      makeFolders('/proc/volact/a', 0o700)
    }).toThrow('ENOENT')
    expect(() => {
      mkdirSync('/proc/volact')
    }).toThrow('ENOENT')
  })
})
