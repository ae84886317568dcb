import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeBindKey } from '@volact/testkit/bind'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { readKeyFile } from './key-file.ts'

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'x.key')
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const secret = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA//8='

describe('the file of a key', () => {
  it.each(['hmac-sha256', 'hmac-sha384', 'hmac-sha512'])('is read as tsig-keygen writes it, for %s', (algorithm) => {
    const { file } = makeBindKey('Host1.Corp.Test.', algorithm)
    expect(readKeyFile(file)).toMatchObject({ name: 'host1.corp.test', algorithm })
  })

  it('may have comments, and secrets with slashes', () => {
    const text = `// ours\nkey host1 { # a key\n algorithm hmac-sha256; /* strong;\n */ secret "${secret}"; };\n`
    expect(readKeyFile(fileOf(text)).secret).toHaveLength(32)
  })

  it.each([
    ['', 'exactly one key'],
    [`key a { algorithm hmac-md5; secret "${secret}"; };`, 'an algorithm that is not one of'],
    [`key a { algorithm hmac-sha256; secret "AAAA"; };`, 'no secret of at least 16 bytes'],
    [`key a { algorithm hmac-sha256; secret "${secret.slice(1)}"; };`, 'no secret'],
    [`key a..b { algorithm hmac-sha256; secret "${secret}"; };`, 'without a valid name'],
    [`key a { algorithm hmac-sha256; secret "${secret}"; };key b { };`, 'exactly one key'],
  ])('is refused, without a word of the secret: %j', (text, why) => {
    const path = fileOf(text)
    expect(() => readKeyFile(path)).toThrow(why)
    expect(() => readKeyFile(path)).not.toThrow('AAAA')
  })

  it('is refused when other accounts may read it', () => {
    const { file } = makeBindKey('host1')
    chmodSync(file, 0o640)
    expect(() => readKeyFile(file)).toThrow('chmod 600')
  })
})
