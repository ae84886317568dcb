import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { OverwrittenFile } from './overwritten-file.ts'

describe('OverwrittenFile', () => {
  it('holds what was written last, whatever was there before, and nothing behind it', () => {
    const path = join(temporaryFolder(), 'mark')
    writeFileSync(path, 'what another has left here, longer than all that comes')
    const file = new OverwrittenFile(path)
    for (const text of ['first', 'second', '3', '']) {
      file.write(Buffer.from(text))
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
    file.close()
    file.close()
    file.write(Buffer.from('again'))
    file.close()
    expect(readFileSync(path, 'utf8')).toBe('again')
  })

  it('is made for its owner alone, and not before it is written', () => {
    const path = join(temporaryFolder(), 'mark')
    const file = new OverwrittenFile(path)
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
    file.write(Buffer.from('1'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    file.close()
  })

  it('says what the disk says, and goes on when it can be written', () => {
    const path = join(temporaryFolder(), 'mark')
    mkdirSync(path)
    const file = new OverwrittenFile(path)
    expect(() => {
      file.write(Buffer.from('1'))
    }).toThrow(expect.objectContaining({ data: expect.objectContaining({ path }) as unknown }) as Error)
    rmSync(path, { recursive: true })
    file.write(Buffer.from('1'))
    expect(readFileSync(path, 'utf8')).toBe('1')
    file.close()
  })
})
