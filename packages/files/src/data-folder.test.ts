import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { openFolder } from './data-folder.ts'

function codeAndMessage(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof ActivationError) return `${error.code}: ${error.message}`
  }
  throw new Error('nothing was refused')
}

describe('openFolder', () => {
  it('makes a folder for its owner alone, with its parents and its label', () => {
    const path = join(temporaryFolder(), 'a', 'b')
    expect(openFolder(path, 'host', { create: true })).toEqual({ path, role: 'host' })
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(path, 'volact.json'), 'utf8')).toBe('{"role":"host","format":1}\n')
    expect(openFolder(path, 'host')).toEqual({ path, role: 'host' })
    expect(openFolder(path, 'host', { create: true })).toEqual({ path, role: 'host' })
  })

  it('takes an empty folder and closes it, and a fresh mount point, but nothing that is already used', () => {
    const path = temporaryFolder()
    chmodSync(path, 0o755)
    mkdirSync(join(path, 'lost+found'))
    openFolder(path, 'client', { create: true })
    expect(statSync(path).mode & 0o777).toBe(0o700)

    const used = temporaryFolder()
    writeFileSync(join(used, 'letter.txt'), 'dear …')
    expect(codeAndMessage(() => openFolder(used, 'client', { create: true }))).toMatch(
      /^FOLDER_WRONG_ROLE: .* not empty/,
    )
    expect(readdirSync(used)).toEqual(['letter.txt'])
  })

  it('says which command makes a folder that is missing', () => {
    const path = join(temporaryFolder(), 'x')
    const told = codeAndMessage(() => openFolder(path, 'authority'))
    expect(told).toMatch(/^FOLDER_MISSING: /)
    expect(told).toContain(`"volact authority init --dir ${path}"`)
    mkdirSync(path)
    expect(codeAndMessage(() => openFolder(path, 'host'))).toContain(`"volact host init --dir ${path}"`)
    writeFileSync(join(path, 'file'), '')
    expect(codeAndMessage(() => openFolder(join(path, 'file'), 'host'))).toMatch(/FOLDER_MISSING: .* is not a folder/)
  })

  it("keeps a client from a host's folder, even when it was told to make one", () => {
    const path = temporaryFolder()
    openFolder(path, 'host', { create: true })
    const told = `FOLDER_WRONG_ROLE: ${path} is a host's folder; a client never touches it: name another with --dir`
    expect(codeAndMessage(() => openFolder(path, 'client'))).toBe(told)
    expect(codeAndMessage(() => openFolder(path, 'client', { create: true }))).toBe(told)
    expect(codeAndMessage(() => openFolder(path, 'authority'))).toContain('an authority never touches it')
  })

  it('refuses a folder of a newer format and leaves it as it is', () => {
    const path = temporaryFolder()
    writeFileSync(join(path, 'volact.json'), '{"role":"host","format":2,"more":true}')
    writeFileSync(join(path, '.a.1-.0123456789ab.tmp'), '')
    expect(codeAndMessage(() => openFolder(path, 'host'))).toMatch(/^FOLDER_NEWER: .* format 2/)
    expect(readdirSync(path)).toHaveLength(2)
  })

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"role":"host"}',
    '{"role":7,"format":1}',
    '{"role":"host","format":0}',
    '{"role":"\\u001b[31m","format":1}',
    '\xff',
  ])('calls a label that reads %j damaged', (label) => {
    const path = temporaryFolder()
    writeFileSync(join(path, 'volact.json'), label, 'latin1')
    expect(codeAndMessage(() => openFolder(path, 'host'))).toMatch(/^FOLDER_DAMAGED: /)
  })

  it.runIf(process.platform === 'linux')(
    'makes no folder on the way to it that others can write to, whatever the umask',
    () => {
      const path = join(temporaryFolder(), 'on', 'the', 'way')
      const script = `
      import { openFolder } from ${JSON.stringify(new URL('data-folder.ts', import.meta.url).href)}
      process.umask(0)
      openFolder('${path}', 'host', { create: true })`
      execFileSync(process.execPath, ['--conditions=volact-source', '--input-type=module', '--eval', script])
      expect([path, dirname(path), dirname(dirname(path))].map((each) => statSync(each).mode & 0o777)).toEqual([
        ...[0o700, 0o755, 0o755],
      ])
    },
  )

  it('removes what a killed writer left', () => {
    const path = temporaryFolder()
    openFolder(path, 'host', { create: true })
    // No process has this pid: Linux stops at 2^22.
    writeFileSync(join(path, '.a.4194999-1.00000000.0123456789ab.tmp'), '')
    openFolder(path, 'host')
    expect(readdirSync(path)).toEqual(['volact.json'])
  })

  it.runIf(process.platform === 'linux')(
    'tells a folder on a read-only disk and one of another account, and names it',
    () => {
      const path = temporaryFolder()
      const script = (before: string): string => `
      import { openFolder } from ${JSON.stringify(new URL('data-folder.ts', import.meta.url).href)}
      ${before}
      for (const create of [false, true])
        try { openFolder('${path}', 'host', { create }) } catch (error) { console.log(error.code, error.message) }`
      const node = [process.execPath, '--conditions=volact-source', '--input-type=module', '--eval']
      const mount = `mount -t tmpfs -o ro none ${path} && exec "$@"`
      const readOnly = execFileSync('unshare', ['-rm', 'sh', '-c', mount, 'sh', ...node, script('')], {
        encoding: 'utf8',
      })
      expect(readOnly).toMatch(new RegExp(`^(FOLDER_NOT_WRITABLE ${path} .*read-only.*\n){2}$`))
      chmodSync(path, 0o500)
      const [file = '', ...args] = node
      const foreign = execFileSync(file, [...args, script('process.getuid() === 0 && process.setuid(65534)')], {
        encoding: 'utf8',
      })
      expect(foreign).toMatch(new RegExp(`^(FOLDER_NOT_WRITABLE ${path} .*permission.*\n){2}$`))
    },
  )
})
