import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { utf8 } from '@volact/core/bytes'
import { temporaryFolderOnDisk } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { removeLeftovers, writeDurably } from './durable.ts'
import { processName } from './running-process.ts'

const durable = JSON.stringify(new URL('durable.ts', import.meta.url).href)
const node = [process.execPath, '--conditions=volact-source', '--input-type=module', '--eval']

describe('writeDurably', () => {
  it('writes for the owner alone unless told otherwise, replaces what was there and leaves nothing beside it', () => {
    const folder = temporaryFolderOnDisk()
    const path = join(folder, 'a')
    writeDurably(path, utf8('one'), { mode: 0o644 })
    expect(statSync(path).mode & 0o777).toBe(0o644)
    writeDurably(path, utf8('two'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('refuses to write over a folder, a link or a device', () => {
    const folder = temporaryFolderOnDisk()
    mkdirSync(join(folder, 'folder'))
    symlinkSync('/dev/null', join(folder, 'link'))
    for (const path of [join(folder, 'folder'), join(folder, 'link'), '/dev/null']) {
      expect(() => {
        writeDurably(path, utf8('x'))
      }).toThrow(expect.objectContaining({ code: 'NOT_A_FILE' }))
    }
  })

  it('names the path when its folder does not exist', () => {
    const path = join(temporaryFolderOnDisk(), 'missing', 'a')
    expect(() => {
      writeDurably(path, utf8('x'))
    }).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }))
    expect(() => {
      writeDurably(path, utf8('x'))
    }).toThrow(path)
  })

  it.runIf(process.platform === 'linux').each([
    ['a full disk', 'size=64k', 200_000, 'DISK_FULL'],
    ['a read-only disk', 'ro', 1, 'ACCESS_DENIED'],
  ])('keeps %s apart from other failures and the folder as it was', (_, options, bytes, code) => {
    const folder = temporaryFolderOnDisk()
    const script = `
      import { readdirSync } from 'node:fs'
      import { writeDurably } from ${durable}
      try { writeDurably('${folder}/a', new Uint8Array(${String(bytes)})) } catch (error) { console.log(error.code, readdirSync('${folder}')) }`
    const mount = `mount -t tmpfs -o ${options} none ${folder} && exec "$@"`
    const output = execFileSync('unshare', ['-rm', 'sh', '-c', mount, 'sh', ...node, script], { encoding: 'utf8' })
    expect(output.trim()).toBe(`${code} []`)
  })

  it('says so when the account has no permission', () => {
    const folder = temporaryFolderOnDisk()
    const script = `
      import { writeDurably } from ${durable}
      process.getuid() === 0 && process.setuid(65534)
      try { writeDurably('${folder}/a', new Uint8Array(1)) } catch (error) { console.log(error.code) }`
    chmodSync(folder, 0o500)
    const [file = '', ...args] = node
    expect(execFileSync(file, [...args, script], { encoding: 'utf8' }).trim()).toBe('ACCESS_DENIED')
  })
})

describe('removeLeftovers', () => {
  it('removes what a killed writer left, and neither what is being written nor what only looks alike', async () => {
    const folder = temporaryFolderOnDisk()
    const [file = '', ...args] = node
    const script = `
      import fs from 'node:fs'
      import { processName } from ${JSON.stringify(new URL('running-process.ts', import.meta.url).href)}
      fs.writeFileSync('${folder}/.key.' + processName() + '.0123456789ab.tmp', 'half')
      process.kill(process.pid, 'SIGKILL')`
    await once(spawn(file, [...args, script], { stdio: 'inherit' }), 'exit')
    const kept = [`.key.${processName()}.0123456789ab.tmp`, '.key.tmp', 'a.1-2.0123456789ab.tmp']
    for (const name of kept) writeFileSync(join(folder, name), '')
    expect(readdirSync(folder)).toHaveLength(4)
    removeLeftovers(folder)
    expect(readdirSync(folder).toSorted()).toEqual(kept.toSorted())
  })
})
