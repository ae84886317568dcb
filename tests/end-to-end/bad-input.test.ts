import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { freePort } from '@volact/testkit/free-port'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it, onTestFinished } from 'vitest'
import { command, succeed } from './command.fixture.ts'
import { clone, serve, type Served, volact } from './volact.fixture.ts'

const byHand = join(clone, 'examples', 'catalogs', 'by-hand.yaml')
const setupKey = 'GPHF4-H67V2-CT96X-2R43F-V28FX'

interface Estate {
  readonly dir: string
  readonly authority: string
  readonly host: string
  readonly client: string
  readonly pack: string
  readonly root: string
  readonly hostKey: string
  /** Where the authority listens. */
  readonly url: string
}

/** Sets up a vendor that serves, a host that is not activated, and a client without a key. */
async function estate(): Promise<Estate> {
  const dir = temporaryFolder()
  const [authority, host, client, pack] = ['authority', 'host', 'client', 'pack'].map((name) => join(dir, name))
  if (authority === undefined || host === undefined || client === undefined || pack === undefined) throw new Error()
  const root = join(authority, 'root.pem')
  await succeed('authority', 'init', '--dir', authority)
  await succeed('authority', 'catalog', 'apply', byHand, '--dir', authority)
  const hostKey = await succeed('authority', 'key', 'issue', '--type', 'host', '--group', 'notes', '--dir', authority)
  await succeed('authority', 'pack', 'export', '-o', pack, '--dir', authority)
  await succeed('host', 'init', '--dir', host)
  await succeed('host', 'pack', 'install', pack, '--dir', host)
  await succeed('host', 'key', 'install', hostKey, '--dir', host)
  await succeed('client', 'vendor', 'add', pack, '--dir', client)
  const { address } = await serve('authority', 'serve', '--listen', '127.0.0.1:0', '--dir', authority)
  return { dir, authority, host, client, pack, root, hostKey, url: address }
}

interface Refused {
  readonly status: number
  readonly code: string
  /** A part of what is said about it. */
  readonly says?: string | RegExp
}

/** Expects one coded error with its exit status, in words and as JSON, and no trace of the program's inside. */
async function expectRefusal(args: readonly string[], { status, code, says = '' }: Refused): Promise<void> {
  const ended = await command(...args, '--json')
  expect(ended, args.join(' ')).toMatchObject({ status })
  expect(ended.stderr).toMatch(says)
  expect(ended.stderr).toContain(`(${code} 0x`)
  expect(ended.stderr).not.toMatch(/^\s+at /m)
  const { error } = JSON.parse(ended.stdout) as { readonly error: Readonly<Record<string, string>> }
  expect(error).toMatchObject({ code, number: expect.stringMatching(/^0x[0-9A-F]{8}$/) as string })
  expect(ended.stderr).toContain(error['remedy'])
}

describe('a command that is not written correctly', () => {
  it.each([
    [['nonsense'], /unknown command/],
    [[], /a command is missing/],
    [['host'], /a command is missing/],
    [['host', 'ser'], /unknown command/],
    [['lab', '--machines', 'many'], /whole number/],
    [['lab', '--machines', '0'], /whole number/],
    [['lab', '--bogus'], /unknown option/],
    [['lab', 'surplus'], /too many arguments/],
    [['authority', 'key', 'issue', '--type', 'golden', '--group', 'notes'], /Allowed choices/],
    [['authority', 'key', 'issue', '--type', 'host'], /--group/],
    [['authority', 'pack', 'export'], /--output/],
    [['host', 'serve', '--listen', '1688'], /address and a port/],
    [['host', 'serve', '--listen', '127.0.0.1:99999'], /address and a port/],
    [['host', 'key', 'install'], /missing required argument/],
    [['inspect'], /missing required argument/],
    [['inspect', byHand, '--verify'], /--root/],
    [['inspect', byHand, '--root', byHand], /--verify/],
    [['explain', 'NO_SUCH_THING'], /COUNT_INSUFFICIENT/],
  ])('ends with status 2 and says what is wrong: %j', async (args, says) => {
    const { status, stderr } = await command(...args)
    expect(stderr).toMatch(says)
    expect(status).toBe(2)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it.each([[['--help']], [['host', '--help']], [['client', 'vendor', 'add', '--help']], [['--version']]])(
    'is none where help is asked for: %j',
    async (args) => {
      const { status, stdout, stderr } = await command(...args)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).not.toBe('')
    },
  )
})

describe('a folder that is not right', () => {
  it.each([[['authority', 'key', 'list']], [['host', 'status']], [['client', 'status']]])(
    'ends %j with status 4 where there is none',
    async (args) => {
      const dir = join(temporaryFolder(), 'missing')
      await expectRefusal([...args, '--dir', dir], { status: 4, code: 'FOLDER_MISSING', says: 'make it with' })
    },
  )

  it('is refused by every other role', async () => {
    const dir = join(temporaryFolder(), 'host')
    await succeed('host', 'init', '--dir', dir)
    await expectRefusal(['client', 'status', '--dir', dir], { status: 4, code: 'FOLDER_WRONG_ROLE' })
    await expectRefusal(['authority', 'init', '--dir', dir], { status: 4, code: 'FOLDER_WRONG_ROLE' })
    await expectRefusal(['host', 'init', '--dir', dir], { status: 2, code: 'FILE_EXISTS' })
  })

  it.each([
    ['authority', 'init'],
    ['host', 'init'],
    ['lab', '--once'],
  ])('is said so where nobody can write, even an administrator: %s %s', async (...args) => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const { status, stderr } = await command(...args, '--dir', join(file, 'below'))
    expect({ status, stderr }).toEqual({ status: 4, stderr: expect.stringMatching(/file.*0x[0-9A-F]{8}/) as string })
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('serves one process at a time', async () => {
    const { host, url, authority } = await estate()
    await succeed('host', 'activate', '--authority', url, '--dir', host)
    const { address } = await serve('host', 'serve', '--listen', '127.0.0.1:0', '--dir', host)
    const again = ['host', 'serve', '--listen', '127.0.0.1:0', '--dir', host]
    await expectRefusal(again, { status: 4, code: 'FOLDER_IN_USE', says: /process \d+/ })
    const second = ['authority', 'serve', '--listen', '127.0.0.1:0', '--dir', authority]
    await expectRefusal(second, { status: 4, code: 'FOLDER_IN_USE' })
    expect(JSON.parse(await succeed('host', 'status', '--dir', host, '--json'))).toMatchObject({ address })
  })
})

describe('a port that is taken', () => {
  it('is named, with the way to another one', async () => {
    const { host, url } = await estate()
    await succeed('host', 'activate', '--authority', url, '--dir', host)
    const taken = createServer()
    onTestFinished(() => void taken.close())
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const port = String((taken.address() as { readonly port: number }).port)
    const args = ['host', 'serve', '--listen', `127.0.0.1:${port}`, '--dir', host]
    await expectRefusal(args, { status: 4, code: 'PORT_IN_USE', says: '--listen' })
    const other = join(temporaryFolder(), 'authority')
    await succeed('authority', 'init', '--dir', other)
    const second = ['authority', 'serve', '--listen', `127.0.0.1:${port}`, '--dir', other]
    await expectRefusal(second, { status: 4, code: 'PORT_IN_USE', says: '--listen' })
  })
})

describe('a key that is not right', () => {
  it('is refused with words that say why, and never repeated', async () => {
    const { host, client, hostKey } = await estate()
    const typo = `${setupKey.slice(0, -1)}Y`
    const install = (role: string, key: string, dir: string): readonly string[] => [
      role,
      'key',
      'install',
      key,
      '--dir',
      dir,
    ]
    await expectRefusal(install('client', typo, client), { status: 10, code: 'KEY_INVALID' })
    await expectRefusal(install('client', 'short', client), { status: 10, code: 'KEY_INVALID' })
    await expectRefusal(install('client', hostKey, client), { status: 10, code: 'HOST_KEY_ON_CLIENT', says: 'secret' })
    await expectRefusal(install('host', setupKey, host), { status: 10, code: 'KEY_INVALID', says: 'setup key' })
    const { stderr } = await command(...install('client', hostKey, client))
    expect(stderr).not.toContain(hostKey)
  })
})

describe('a file that is not right', () => {
  const garbage: readonly (readonly [string, Uint8Array])[] = [
    ['empty', new Uint8Array()],
    ['zero', new Uint8Array(1_000)],
    ['text', new TextEncoder().encode('hello')],
    ['non-shortest CBOR', Uint8Array.of(0x18, 0x01)],
    ['duplicate keys', Uint8Array.of(0xa2, 0x01, 0x01, 0x01, 0x01)],
    ['a length that lies', Uint8Array.of(0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
  ]

  it('is refused by whatever reads it', async () => {
    const { dir, authority, host, client, root } = await estate()
    for (const [name, bytes] of garbage) {
      const file = join(dir, name)
      writeFileSync(file, bytes)
      for (const args of [
        ['host', 'pack', 'install', file, '--dir', host],
        ['client', 'vendor', 'add', file, '--dir', client],
        ['authority', 'catalog', 'apply', file, '--dir', authority],
        ['inspect', file],
        ['inspect', file, '--verify', '--root', root],
        ['inspect', byHand, '--verify', '--root', file],
      ]) {
        const { status, stderr, stdout } = await command(...args)
        expect({ args, status, stdout }).toEqual({ args, status: 10, stdout: '' })
        expect(stderr).toMatch(/\([A-Z_]+ 0x[0-9A-F]{8}\)/)
        expect(stderr).not.toMatch(/^\s+at /m)
      }
    }
  })

  it('is refused cut short at any place, or with a byte too many', async () => {
    const { pack, root, dir } = await estate()
    const bytes = readFileSync(pack)
    const file = join(dir, 'altered')
    for (const altered of [bytes.subarray(0, 1), bytes.subarray(0, bytes.length >> 1), bytes.subarray(0, -1)]) {
      writeFileSync(file, altered)
      expect((await command('inspect', file, '--verify', '--root', root)).status).toBe(10)
    }
    writeFileSync(file, Buffer.concat([bytes, Buffer.of(0)]))
    expect((await command('inspect', file, '--verify', '--root', root)).status).toBe(10)
  })

  it('ends with status 2 only where there is none, or no file', async () => {
    const { dir, pack, root } = await estate()
    await expectRefusal(['inspect', join(dir, 'missing')], { status: 2, code: 'FILE_MISSING' })
    await expectRefusal(['inspect', dir], { status: 2, code: 'NOT_A_FILE' })
    const missing = join(dir, 'missing')
    await expectRefusal(['inspect', pack, '--verify', '--root', missing], { status: 2, code: 'FILE_MISSING' })
    await expectRefusal(['inspect', pack, '--verify', '--root', join(dir, 'authority', 'issuing.pem')], {
      ...{ status: 10, code: 'CHAIN_INVALID', says: 'no root' },
    })
    expect((await command('inspect', pack, '--verify', '--root', root)).status).toBe(0)
  })

  it('is refused where its root is not the one that was pinned', async () => {
    const [mine, other] = [await estate(), await estate()]
    await expectRefusal(['inspect', other.pack, '--verify', '--root', mine.root], { status: 10, code: 'ROOT_UNKNOWN' })
    await expectRefusal(['host', 'pack', 'install', other.pack, '--dir', mine.host], {
      status: 10,
      code: 'ROOT_CHANGED',
    })
    await expectRefusal(['client', 'vendor', 'add', other.pack, '--dir', mine.client], {
      ...{ status: 10, code: 'ROOT_CHANGED' },
    })
    const given = ['host', 'pack', 'install', mine.pack, '--root', other.root, '--dir', mine.host]
    await expectRefusal(given, { status: 10, code: 'ROOT_CHANGED' })
    await expectRefusal(['host', 'activate', '--authority', other.url, '--dir', mine.host], {
      ...{ status: 10, code: 'ROOT_UNKNOWN' },
    })
  })
})

describe('a machine that cannot be licensed', () => {
  it('is told what is missing, one thing after the other', async () => {
    const { client, host, url } = await estate()
    const activate = ['client', 'activate', '--dir', client]
    await expectRefusal(activate, { status: 10, code: 'NO_PRODUCT_KEY', says: 'key install' })
    await expectRefusal(['client', 'lease', 'export', '-o', join(client, 'x'), '--dir', client], {
      ...{ status: 10, code: 'NO_PRODUCT_KEY' },
    })
    await succeed('client', 'key', 'install', setupKey, '--dir', client)
    await expectRefusal(activate, { status: 3, code: 'DNS_NO_SUFFIX', says: 'host set' })
    await expectRefusal(['client', 'host', 'set', 'no host', '--dir', client], { status: 2, code: 'USAGE' })
    const free = await freePort()
    await expectRefusal([...activate, '--host', `127.0.0.1:${free}`], {
      status: 3,
      code: 'HOST_UNREACHABLE',
      says: 'tried',
    })

    const inactive = await serve('host', 'serve', '--listen', '127.0.0.1:0', '--dir', host)
    await expectRefusal([...activate, '--host', inactive.address], { status: 10, code: 'HOST_NOT_ACTIVATED' })
    await inactive.stop('SIGTERM')
    await succeed('host', 'activate', '--authority', url, '--dir', host)
    const served = await serve('host', 'serve', '--listen', '127.0.0.1:0', '--dir', host)
    await succeed('client', 'host', 'set', served.address, '--dir', client)
    await expectRefusal(activate, { status: 10, code: 'COUNT_INSUFFICIENT', says: '1 of the 3' })
    await expectRefusal(['client', 'lease', 'export', '-o', join(client, 'x'), '--dir', client], {
      ...{ status: 10, code: 'NOT_BOUND' },
    })
    expect(JSON.parse(await succeed('client', 'status', '--dir', client, '--json'))).toMatchObject({
      ...{ state: 'initial-grace', number: 2, reason: 'IN_INITIAL_GRACE', threshold: 3 },
    })
  })
})

describe('how a service ends', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
  ] as const)('on %s with status %d, and gives its folder free', async (signal, status) => {
    const dir = join(temporaryFolder(), 'authority')
    await succeed('authority', 'init', '--dir', dir)
    const start = (): Promise<Served> => serve('authority', 'serve', '--listen', '127.0.0.1:0', '--dir', dir)
    const first = await start()
    expect(await first.stop(signal)).toBe(status)
    const second = await start()
    expect(await second.stop(signal)).toBe(status)
  })
})

describe('the command as a process', () => {
  it('ends with the status of what it says, and never with 1', () => {
    expect(volact('--version')).toMatchObject({ status: 0, stderr: '' })
    expect(volact('nonsense').status).toBe(2)
    expect(volact('inspect', byHand).status).toBe(10)
  })

  it('prints its help at once', () => {
    const begin = performance.now()
    expect(volact('--help').status).toBe(0)
    process.stderr.write(`volact --help took ${String(Math.round(performance.now() - begin))} ms\n`)
  })
})
