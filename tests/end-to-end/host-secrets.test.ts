import { readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeBindKey } from '@volact/testkit/bind'
import { makeActivatedHost, recoveryKeyFile } from '../../services/host/src/host.fixture.ts'
import { vendorFiles } from '../../services/host/src/folder/files.ts'
import { TestConnection, TestMachine } from '../../services/host/src/machine.fixture.ts'
import { makeVendor, start } from '../../services/host/src/vendor.fixture.ts'
import { commandIn } from './command.fixture.ts'
import type { Ended } from './volact.fixture.ts'

const now = (): number => start

/** A key in every form that people write it in. */
function formsOf(key: string): readonly string[] {
  const plain = key.replaceAll('-', '')
  return [key, plain, key.toLowerCase(), plain.toLowerCase()]
}

/** One character of a key mistyped. */
function mistyped(key: string): string {
  return `${key.startsWith('B') ? 'C' : 'B'}${key.slice(1)}`
}

it(
  'nothing that a host and its commands write has a whole product key or a secret, whatever goes wrong',
  { timeout: 60_000 },
  async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const folder = dirname(dir)
    const written: string[] = []
    const out = (text: string): void => void written.push(text)
    const run = async (...args: readonly string[]): Promise<Ended> => {
      const ended = await commandIn({ now }, 'host', ...args, '--dir', dir)
      written.push(ended.stdout, ended.stderr)
      return ended
    }
    const fileOf = (name: string, text: string): string => {
      const path = join(folder, name)
      writeFileSync(path, text, { mode: 0o600 })
      return path
    }
    const stopping = new AbortController()
    const serving = commandIn(
      { now, out, err: out, stop: () => stopping.signal },
      ...['host', 'serve', '--listen', '127.0.0.1:0', '--dir', dir, '--json'],
      ...['--set', 'log.format=json'],
    )
    onTestFinished(() => {
      stopping.abort('SIGTERM')
    })
    const address = await expect
      .poll(() => /"address":"([^"]+)"/.exec(written.join(''))?.[1], { timeout: 20_000 })
      .toBeDefined()
      .then(() => /"address":"([^"]+)"/.exec(written.join(''))?.[1] ?? '')

    const { hostKey, setupKey } = vendor
    const keys = [hostKey, setupKey, mistyped(hostKey), mistyped(setupKey)]
    const [passphrase, wrong] = ['correct horse battery', 'wrong horse battery']
    const [sealed, opened] = [fileOf('right', `${passphrase}\n`), fileOf('wrong', `${wrong}\n`)]
    for (const key of keys) await run('key', 'install', key)
    for (const key of keys) {
      const path = join(folder, `${key}.request`)
      for (const verb of ['respond', 'apply', 'restore']) await run(verb, path)
      await run('pack', 'install', path)
      await run('config', 'set', key, 'x')
      await run('config', 'set', 'listen', key)
      await run('config', 'set', 'log.syslog', key)
      await run('machine', 'show', key)
      await run('pool', 'remove', key)
      await run('expect', key, '--for', '1d')
      await run('event', 'list', '--machine', key)
      await run('ledger', 'export', '-o', join(folder, key, 'x'))
    }
    const tsig = makeBindKey('act1')
    await run(...['dns', 'publish', '--zone', 'corp.test', '--server', '127.0.0.1:1', '--key-file', tsig.file])
    await run(
      ...[
        'dns',
        'publish',
        '--zone',
        'corp.test',
        '--server',
        '127.0.0.1:1',
        '--key-file',
        fileOf('broken', `${readFileSync(tsig.file, 'utf8')}}`),
      ],
    )
    const pool = await commandIn({ now }, 'host', 'pool', 'add', 'lab', '--limit', '3', '--dir', dir, '--json')
    // Shown this once.
    const { token } = JSON.parse(pool.stdout) as { readonly token: string }
    await run('pool', 'list')
    await run('pool', 'remove', token)
    const backup = join(folder, 'backup')
    await run('backup', backup, '--passphrase-file', sealed)
    for (const file of [opened, sealed]) await run('restore', backup, '--passphrase-file', file)
    await run('recover', '--recovery-key-file', recoveryKeyFile(dir))
    await run('recover', '--recovery-key-file', sealed)

    const connection = await TestConnection.open(address)
    for (const name of ['a', 'b', ...keys]) {
      connection.send(new TestMachine(name).request(vendor.desktop, start).message)
      await connection.next()
    }
    connection.close()
    const stranger = connect({ host: '127.0.0.1', port: Number(address.split(':').at(-1)) })
    await once(stranger.resume().end(hostKey), 'close')
    for (const list of ['status', 'check', 'reload']) await run(list)
    stopping.abort('SIGTERM')
    written.push(JSON.stringify(await serving))

    const text = written.join('\n')
    expect(text).toContain('KEY_INVALID')
    /** What in a file is as long as a secret is, without the words of a comment and the path of the host. */
    const secretOf = (file: string): readonly string[] =>
      (readFileSync(file, 'utf8').match(/[0-9A-Za-z+/=_-]{20,}/g) ?? []).filter((found) => !dir.includes(found))
    const recoveryKey = secretOf(recoveryKeyFile(dir))
    expect(recoveryKey.length).toBeGreaterThan(0)
    const secrets = [
      ...[passphrase, wrong, token, ...secretOf(tsig.file), ...recoveryKey],
      ...secretOf(vendorFiles(dir, 'example').signingKey),
      ...keys.flatMap(formsOf),
    ]
    expect(secrets.length).toBeGreaterThan(20)
    expect(
      secrets
        .filter((secret) => text.includes(secret))
        .map((secret) => {
          const at = text.indexOf(secret)
          return text.slice(Math.max(0, at - 120), at + secret.length + 40)
        }),
    ).toEqual([])
  },
)
