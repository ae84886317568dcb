import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { formatPoolToken } from '@volact/core/document/pool-token'
import { codeOf } from '../client.fixture.ts'
import { reportPolicy } from '../hosts/host-settings-report.ts'
import { policyInForce } from './in-force.ts'
import { noPolicyPlace, systemPolicy } from './policy-place.ts'
import { poolByPolicy } from './pool-by-policy.ts'
import { policyReader, readPolicy } from './read-policy.ts'

function file(text: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'policy.toml')
  writeFileSync(path, text, { mode: 0o644 })
  return path
}

const place = (path: string, protection: 'system' | 'none' = 'none') => ({ kind: 'file', path, protection }) as const

describe('the policy of the administrator', () => {
  it('is read again each time, so that a change needs no restart', () => {
    const path = file('host = "one"')
    const read = policyReader(place(path))
    expect(read()).toMatchObject({ kind: 'valid', path, policy: { machine: { host: 'one:1688' } } })
    writeFileSync(path, 'host = "two"')
    expect(read()).toMatchObject({ kind: 'valid', policy: { machine: { host: 'two:1688' } } })
  })

  it('is none where there is no file, and for simulated machines', () => {
    expect(readPolicy(place(join(temporaryFolder(), 'policy.toml')))).toMatchObject({ kind: 'none' })
    expect(readPolicy(place(join(temporaryFolder(), 'missing', 'policy.toml')))).toMatchObject({ kind: 'none' })
    expect(readPolicy(noPolicyPlace)).toMatchObject({ kind: 'none' })
  })

  it.each([
    ['a mistake', 'customer = "Example'],
    ['text that is not UTF-8', Uint8Array.of(0x61, 0xff)],
    ['more than 64 KiB', '#'.repeat(65_537)],
  ])(
    'with %s is no absence of a policy: it refuses every activation, so that no pin is lost (rule 11)',
    async (_, text) => {
      const found = readPolicy(place(file(text)))
      expect(found.kind).toBe('invalid')
      expect(await codeOf(() => policyInForce(found))).toBe('POLICY_INVALID')
    },
  )

  it('that is a folder, or a link to nothing, is invalid and not absent', () => {
    const dir = temporaryFolder()
    symlinkSync(join(dir, 'nothing'), join(dir, 'link.toml'))
    expect(readPolicy(place(dir)).kind).toBe('invalid')
    expect(readPolicy(place(join(dir, 'link.toml'), 'system')).kind).toBe('invalid')
  })

  it('names the token of a pool, which no report shows, and does not hold without it (rule 38)', () => {
    const token = join(temporaryFolder(), 'token')
    const found = (): ReturnType<typeof readPolicy> => readPolicy(place(file(`pool-token-file = "${token}"`)))
    expect(found()).toMatchObject({ kind: 'invalid', problem: expect.stringContaining('it does not exist') as string })
    const text = formatPoolToken({ id: 'desks', secret: new Uint8Array(32).fill(7) })
    writeFileSync(token, `${text}\n`, { mode: 0o600 })
    expect(poolByPolicy(found())).toEqual({ poolToken: `${text}\n`, continues: true })
    expect(JSON.stringify(reportPolicy(found()))).not.toContain(text)
    chmodSync(token, 0o644)
    expect(found()).toMatchObject({ kind: 'invalid', problem: expect.stringContaining('chmod 600') as string })
    expect(poolByPolicy(found())).toBeUndefined()
  })

  it('lies where only the administrator writes', () => {
    expect(systemPolicy('linux')).toEqual({ kind: 'file', path: '/etc/volact/policy.toml', protection: 'system' })
    expect(systemPolicy('darwin')).toMatchObject({ path: '/Library/Application Support/Volact/policy.toml' })
    expect(systemPolicy('win32')).toMatchObject({ kind: 'registry', path: String.raw`HKLM\SOFTWARE\Policies\Volact` })
  })
})

describe.runIf(process.getuid?.() === 0)('a policy that only root can have written (rule 11)', () => {
  it('is believed', () => {
    expect(readPolicy(place(file('customer = "Example"'), 'system'))).toMatchObject({ kind: 'valid' })
  })

  it.each<[string, (path: string) => void]>([
    [
      'anybody can write',
      (path) => {
        chmodSync(path, 0o666)
      },
    ],
    [
      'another account owns',
      (path) => {
        chownSync(path, 65_534, 0)
      },
    ],
  ])('is invalid where %s', (_, spoil) => {
    const path = file('customer = "Example"')
    spoil(path)
    expect(readPolicy(place(path, 'system'))).toMatchObject({
      kind: 'invalid',
      problem: expect.stringContaining('give it to root alone') as string,
    })
  })

  it('is invalid in a folder that others can write, and through a link', () => {
    const dir = temporaryFolder()
    const open = join(dir, 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    writeFileSync(join(open, 'policy.toml'), '')
    symlinkSync(file(''), join(dir, 'link.toml'))
    expect(readPolicy(place(join(open, 'policy.toml'), 'system')).kind).toBe('invalid')
    expect(readPolicy(place(join(dir, 'link.toml'), 'system')).kind).toBe('invalid')
  })
})
