import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { utf8 } from '@volact/core/bytes'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { readLimited, requirePrivate } from './read-limited.ts'

function file(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'file')
  writeFileSync(path, content)
  return path
}

describe('readLimited', () => {
  it('reads a file that has exactly as many bytes as allowed, and refuses one byte more', () => {
    const path = file('four')
    expect(readLimited(path, 4, 'the pack')).toEqual(utf8('four'))
    expect(() => readLimited(path, 3, 'the pack')).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
    expect(() => readLimited(path, 3, 'the pack')).toThrow(`the pack ${path} is larger than 3 bytes`)
  })

  it('reads files of many chunks, of none, and those whose size the system tells as zero', () => {
    const bytes = new Uint8Array(200_000).map((_, index) => index)
    expect(readLimited(file(bytes), 200_000, 'the file')).toEqual(bytes)
    expect(readLimited(file(''), 10, 'the file')).toEqual(new Uint8Array())
    expect(readLimited('/proc/self/stat', 10_000, 'the file').length).toBeGreaterThan(50)
  })

  it('reads a pipe', () => {
    const source = `
      import { readLimited } from ${JSON.stringify(new URL('read-limited.ts', import.meta.url).href)}
      console.log(readLimited('/dev/stdin', 100, 'the file').length)`
    const node = [process.execPath, '--conditions=volact-source', '--input-type=module', '--eval', source]
    const output = execFileSync('sh', ['-c', 'printf hello | "$@"', 'sh', ...node], { encoding: 'utf8' })
    expect(output.trim()).toBe('5')
  })

  it('tells a missing file from a folder', () => {
    const folder = temporaryFolder()
    expect(() => readLimited(join(folder, 'x'), 1, 'the pack')).toThrow(
      expect.objectContaining({ code: 'FILE_MISSING' }),
    )
    expect(() => readLimited(folder, 1, 'the pack')).toThrow(expect.objectContaining({ code: 'NOT_A_FILE' }))
  })
})

describe('requirePrivate', () => {
  it.each(['640', '604', '620', '777'])('refuses a secret with mode %s and says which command closes it', (mode) => {
    const path = file('secret')
    chmodSync(path, Number.parseInt(mode, 8))
    expect(() => {
      requirePrivate(path)
    }).toThrow(expect.objectContaining({ code: 'FILE_NOT_PRIVATE' }))
    expect(() => {
      requirePrivate(path)
    }).toThrow(`chmod 600 ${path}`)
  })

  it.each(['600', '400', '700'])('accepts a secret with mode %s', (mode) => {
    const path = file('secret')
    chmodSync(path, Number.parseInt(mode, 8))
    requirePrivate(path)
  })

  it('names a file that is missing', () => {
    expect(() => {
      requirePrivate('/missing/key')
    }).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }))
  })
})
