import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { serve, volact, volactJson } from './volact.fixture.ts'

interface Prepared {
  readonly starter: string
  readonly keyFile: string
  readonly dir: string
}

/** A vendor that answers, with a starter file and a host key for a customer. */
async function prepare(): Promise<Prepared> {
  const tmp = temporaryFolder()
  const [lab, starter, keyFile] = ['lab', 'starter', 'key'].map((name) => join(tmp, name)) as [string, string, string]
  // One machine is below every threshold, so that it ends with a refusal; it is for the vendor that it makes.
  volact('lab', '--once', '--machines', '1', '--dir', lab)
  const authority = join(lab, 'authority')
  const { address } = await serve('authority', 'serve', '--dir', authority, '--listen', '127.0.0.1:0')
  volactJson('authority', 'starter', 'export', '-o', starter, '--dir', authority, '--authority', address)
  const { key } = volactJson('authority', 'key', 'issue', '--type', 'host', '--group', 'server-c', '--dir', authority)
  writeFileSync(keyFile, `${String(key)}\n`, { mode: 0o600 })
  return { starter, keyFile, dir: join(tmp, 'host') }
}

const plain = ['--yes', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']

describe('volact host setup', () => {
  it('goes from nothing to a host that was looked at, and on again from where it was (rule 48)', async () => {
    const { starter, keyFile, dir } = await prepare()
    const key = readFileSync(keyFile, 'utf8').trim()
    const where = ['--dir', dir, ...plain]

    const unseen = volact('host', 'setup', starter, ...where)
    expect(unseen.status).toBe(2)
    expect(unseen.stderr).toContain('--root-fingerprint')
    const [fingerprint = ''] = /(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/.exec(unseen.stdout) ?? []
    const wrong = volact('host', 'setup', starter, ...where, '--root-fingerprint', fingerprint.replace(/^../, 'ZZ'))
    expect([wrong.status, wrong.stderr]).toEqual([10, expect.stringContaining('ROOT_CHANGED')])

    const root = ['--root-fingerprint', fingerprint]
    const keyless = volact('host', 'setup', starter, ...where, ...root)
    expect(keyless.status).toBe(2)
    expect(keyless.stdout).toContain('recovery key of this host, shown this once')

    const done = volact('host', 'setup', starter, ...where, ...root, '--key-file', keyFile)
    expect(done.stderr).toBe(
      'volact: TEST ROOT: this vendor exists for tests only, and its licenses are worth nothing\n',
    )
    expect(done.status).toBe(0)
    expect(done.stdout).not.toContain('recovery key')
    expect(done.stdout).toContain(`…-${key.slice(-5)}`)
    expect(done.stdout + done.stderr).not.toContain(key.slice(0, 11))
    expect(done.stdout).toMatch(/^ok +activation +example: activated/m)
    expect(done.stdout).toMatch(/^ok +port +127\.0\.0\.1:\d+ answers as the host of example$/m)
    expect(readFileSync(join(dir, 'host.toml'), 'utf8')).toBe(
      'listen = "127.0.0.1:0"\n\n[admin]\nlisten = "127.0.0.1:0"\n',
    )

    const again = volact('host', 'setup', starter, ...where, ...root, '--key', key)
    expect(again.status).toBe(0)
    expect(again.stdout).toContain('it was activated before')
    expect(again.stderr).toContain('the host key is an argument: other accounts could see it')
  })

  it('asks nothing where nobody is, and says so', () => {
    const file = join(temporaryFolder(), 'x')
    writeFileSync(file, '')
    const { status, stderr } = volact('host', 'setup', file, '--dir', join(temporaryFolder(), 'host'))
    expect(status).toBe(2)
    expect(stderr).toContain('--yes')
  })
})
