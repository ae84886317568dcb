import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { equal, utf8 } from '@volact/core/bytes'
import { verify } from '@volact/core/crypto'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { createKeyFile, openKeyFile } from './key-file.ts'

const message = utf8('signed by whoever holds the file')

describe.each(['ESP256', 'Ed25519'] as const)('a key file of %s', (algorithm) => {
  it('is for its owner alone, and is PKCS#8 that openssl reads', () => {
    const path = join(temporaryFolder(), 'some.key')
    createKeyFile(path, algorithm)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const text = execFileSync('openssl', ['pkey', '-in', path, '-noout', '-text'], { encoding: 'utf8' })
    expect(text).toContain(algorithm === 'ESP256' ? 'prime256v1' : 'ED25519 Private-Key')
  })

  it('gives the same key again when it is opened', () => {
    const path = join(temporaryFolder(), 'some.key')
    const made = createKeyFile(path, algorithm)
    const opened = openKeyFile(path)
    expect(equal(opened.publicKey.bytes, made.publicKey.bytes)).toBe(true)
    expect(verify(made.publicKey, message, opened.sign(message))).toBe(true)
  })
})

it('a key is never overwritten, and a refused one leaves nothing behind', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'some.key')
  createKeyFile(path, 'ESP256')
  const before = readFileSync(path)
  expect(() => createKeyFile(path, 'ESP256')).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }))
  expect(readFileSync(path).equals(before)).toBe(true)
  expect(readdirSync(folder)).toEqual(['some.key'])
})

it.each([0o640, 0o604, 0o660])('a key that other accounts may use (mode %o) is refused', (mode) => {
  const path = join(temporaryFolder(), 'some.key')
  createKeyFile(path, 'ESP256')
  chmodSync(path, mode)
  expect(() => openKeyFile(path)).toThrow(expect.objectContaining({ code: 'FILE_NOT_PRIVATE' }))
})

it.each([
  ['nothing', () => ''],
  ['a letter too many at the end', (pem: string) => `${pem}x`],
  ['text before it', (pem: string) => `My key:\n${pem}`],
  ['two keys', (pem: string) => pem + pem],
  ['another label', (pem: string) => pem.replaceAll('PRIVATE KEY', 'EC PRIVATE KEY')],
  ['a cut end', (pem: string) => pem.slice(0, 100)],
  ['bytes that are no text', () => Uint8Array.of(0xff, 0xfe)],
])('a key file with %s is refused, and the message does not quote it', (_, spoil) => {
  const path = join(temporaryFolder(), 'some.key')
  createKeyFile(path, 'ESP256')
  const pem = readFileSync(path, 'utf8')
  writeFileSync(path, spoil(pem))
  const refusal = catchError(() => openKeyFile(path))
  expect(refusal).toMatchObject({ code: 'MALFORMED' })
  expect(String(refusal)).not.toContain(pem.slice(40, 60))
})

it('a key file that is missing or far too large is refused with its own code', () => {
  const folder = temporaryFolder()
  expect(() => openKeyFile(join(folder, 'none.key'))).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }))
  writeFileSync(join(folder, 'large.key'), 'x'.repeat(100_000), { mode: 0o600 })
  expect(() => openKeyFile(join(folder, 'large.key'))).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
})

function catchError(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
