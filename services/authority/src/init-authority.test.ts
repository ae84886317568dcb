import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCertificate } from '@volact/core/x509/certificate'
import { days } from '@volact/core/time'
import { lockFolder } from '@volact/files/lock'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { newAuthority, newFolder, setUpAt } from './authority.fixture.ts'
import { readCertificateFile } from './folder/certificate-file.ts'
import { authorityFiles } from './folder/files.ts'
import { initAuthority } from './init-authority.ts'
import { years } from './folder/lifetimes.ts'

describe('a new authority', () => {
  it('has every file for its owner alone', async () => {
    const { dir } = await newAuthority()
    const names = readdirSync(dir)
    for (const name of ['root', 'issuing', 'pack', 'revocation-list', 'tls']) {
      expect(names).toEqual(expect.arrayContaining([`${name}.key`, `${name}.pem`]))
    }
    expect(names).toContain('authority.db')
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    for (const name of names) expect([name, statSync(join(dir, name)).mode & 0o077]).toEqual([name, 0])
  })

  it('has chains that openssl -x509_strict accepts: documents, server, and the list directly under the root', () => {
    const { root, issuing, pack, revocationList, tls } = authorityFiles(newFolder())
    const verify = (...args: readonly string[]): string =>
      execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', root.certificate, ...args], { encoding: 'utf8' })
    expect(verify(issuing.certificate)).toContain('OK')
    expect(verify('-untrusted', issuing.certificate, pack.certificate)).toContain('OK')
    expect(verify(revocationList.certificate)).toContain('OK')
    expect(verify('-untrusted', issuing.certificate, '-purpose', 'sslserver', tls.certificate)).toContain('OK')
    const named = ['-verify_hostname', 'localhost', '-untrusted', issuing.certificate, tls.certificate]
    expect(verify(...named)).toContain('OK')
  })

  it('lasts: the root 30 years, all below 27, so that confirmations of 25 years fit (rule 8)', () => {
    const { root, issuing, pack, revocationList, tls } = authorityFiles(newFolder())
    expect(readCertificateFile(root.certificate).notAfter).toBe(setUpAt + years(30))
    for (const { certificate } of [issuing, pack, revocationList, tls]) {
      expect(readCertificateFile(certificate).notAfter).toBe(setUpAt + years(27))
    }
  })

  it('for the lab is marked, named so, begins now and lasts 400 days (rule 11)', () => {
    const files = authorityFiles(newFolder({ test: true }))
    for (const { certificate } of [files.root, files.issuing, files.pack, files.revocationList, files.tls]) {
      const { subject, notBefore, notAfter } = readCertificateFile(certificate)
      expect(subject.text).toMatch(/ \(lab\)$/)
      expect([notBefore, notAfter]).toEqual([setUpAt, setUpAt + days(400)])
    }
  })

  it('prints the fingerprint that openssl prints', () => {
    const dir = join(temporaryFolder(), 'a')
    const { fingerprint, root } = initAuthority({ dir, now: setUpAt })
    const { certificate } = authorityFiles(dir).root
    const options = ['x509', '-in', certificate, '-noout', '-fingerprint', '-sha256']
    expect(execFileSync('openssl', options, { encoding: 'utf8' })).toContain(`=${fingerprint}\n`)
    expect(parseCertificate(root.der).subject.text).toBe('CN=Volact authority root')
  })
})

it('a second one in the same folder is refused, and changes nothing', () => {
  const dir = newFolder()
  const before = contents(dir)
  expect(() => initAuthority({ dir, now: setUpAt })).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }))
  expect(contents(dir)).toEqual(before)
})

it('a folder that a service holds is refused', () => {
  const dir = newFolder()
  const lock = lockFolder(dir)
  expect(() => initAuthority({ dir, now: setUpAt })).toThrow(expect.objectContaining({ code: 'FOLDER_IN_USE' }))
  lock.release()
})

it('what a killed attempt has made is kept and completed, whatever file it got to', () => {
  const order = ['root', 'issuing', 'revocationList', 'pack', 'tls'] as const
  const steps = order.flatMap((name) => [`${name}/key`, `${name}/certificate`] as const)
  for (const [index] of steps.entries()) {
    const dir = newFolder()
    const files = authorityFiles(dir)
    const paths = order.flatMap((name) => [files[name].key, files[name].certificate])
    for (const path of paths.slice(index)) rmSync(path)
    const kept = contents(dir)
    initAuthority({ dir, now: setUpAt + 60 })
    expect(contents(dir)).toMatchObject(kept)
    expect(paths.every((path) => existsSync(path))).toBe(true)
  }
})

it('an unfinished authority for production does not become one for tests', () => {
  const dir = newFolder()
  rmSync(authorityFiles(dir).tls.certificate)
  const starting = (): unknown => initAuthority({ dir, now: setUpAt, test: true })
  expect(starting).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }))
})

it.each([[['no name']], [[]], [['ok.example', 'fe80::1%eth0']]])(
  'server names %j are refused before anything is made',
  (names) => {
    const dir = join(temporaryFolder(), 'a')
    expect(() => initAuthority({ dir, now: setUpAt, names })).toThrow(expect.objectContaining({ code: 'USAGE' }))
    expect(existsSync(dir)).toBe(false)
  },
)

function contents(dir: string): Record<string, string> {
  const files = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(dir, name), 'utf8')]))
}
