import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { equal, toHex, utf8 } from '@volact/core/bytes'
import { encodePem } from '@volact/core/der/pem'
import { entitlementOf } from '@volact/core/document/entitlement'
import { documentKinds } from '@volact/core/document/kinds'
import { openPack } from '@volact/core/document/pack'
import { formatProductKey } from '@volact/core/product-key/product-key'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { days, fromIso, hours } from '@volact/core/time'
import { decodeMessage, encodeMessage, type Message } from '@volact/core/wire/message'
import { type Certificate, parseCertificate } from '@volact/core/x509/certificate'
import { verifyPath } from '@volact/core/x509/path'
import { createHostRequest } from '@volact/keys/host-request'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import {
  asks,
  exchange,
  newAuthority,
  newFolder,
  newHost,
  newSigner,
  post,
  random,
  referenceCatalog,
  say,
  setUpAt,
  someHardware,
} from './authority.fixture.ts'
import { readCertificateFile } from './folder/certificate-file.ts'
import { authorityFiles } from './folder/files.ts'
import { usualHostCertificate } from './folder/lifetimes.ts'
import type { KeyOrder } from './keys/issue-key.ts'
import { startAuthority } from './start-authority.ts'
import { withAuthority } from './with-authority.ts'

const anyPort = { host: '127.0.0.1', port: 0 }

describe('a host that is activated', () => {
  it('gets a certificate that openssl and core accept, with the pack (rules 5 to 7)', async () => {
    const { address, dir, hostKey } = await running({ customer: 'Contoso', group: 'server-b' })
    const host = newHost()
    const answer = await activated(address, dir, asks(host, hostKey))
    expect(answer).toMatchObject({ hostsLeft: 5, activationsLeft: 9 })
    const [leaf, issuing] = answer.chain.map(parseCertificate)
    if (leaf === undefined || issuing === undefined) throw new Error('the chain has two certificates')
    const root = rootOf(dir)
    const { eku } = documentKinds['host-receipt']
    expect(verifyPath({ leaf, intermediates: [issuing], roots: [root], eku, at: setUpAt }).unused).toEqual([])
    expect(opensslVerify(dir, leaf)).toContain('OK')
    expect(equal(leaf.publicKey.bytes, host.signer.publicKey.bytes)).toBe(true)
    expect(openPack(answer.pack, [root], setUpAt).number).toBe(1)
  })

  it('may do what its key says, with the hierarchy resolved, for its own log only', async () => {
    const terms = { quantity: 100, thresholds: { desktop: 5 }, generation: 2, environment: 'test' }
    const { address, dir, hostKey } = await running({ customer: 'Contoso', group: 'server-b', terms })
    const host = newHost()
    const [leaf = new Uint8Array()] = (await activated(address, dir, asks(host, hostKey))).chain
    const entitlement = entitlementOf(parseCertificate(leaf))
    expect(entitlement).toMatchObject({ customer: 'Contoso', quantity: 100, environment: 'test', serial: 1 })
    expect(entitlement.groups).toEqual([21, 20, 10].map((group) => ({ group, generation: 2 })))
    expect(entitlement.thresholds).toEqual(new Map([['desktop', 5]]))
    expect(toHex(entitlement.logId)).toBe(toHex(host.logId))
  })

  it('has its certificate until 180 days after the agreement, at most three years by default (rule 6)', async () => {
    const { address, dir, hostKey } = await running()
    const [leaf = new Uint8Array()] = (await activated(address, dir, asks(newHost(), hostKey))).chain
    const certificate = parseCertificate(leaf)
    expect(certificate.notAfter).toBe(entitlementOf(certificate).agreementEnds + days(180))
    expect(certificate.notAfter).toBe(setUpAt + usualHostCertificate)
    expect(certificate.notBefore).toBe(setUpAt - hours(4))
  })

  it('in the lab has one that begins now, ends with the root, and says so', async () => {
    const { authority } = await newAuthority({ test: true })
    const { key } = await authority.issueKey({ type: 'host', group: 'client' })
    const answer = await authority.activateHost(asks(newHost(), key), '127.0.0.1')
    if (answer.kind !== 'host-activated') throw new Error(answer.text)
    const { subject, notBefore, notAfter } = parseCertificate(answer.chain[0] ?? new Uint8Array())
    expect(subject.text).toMatch(/^CN=Volact host [0-9a-f]{16} \(lab\)$/)
    expect([notBefore, notAfter]).toEqual([setUpAt, authority.root.notAfter])
  })

  it('gets the same certificate again when its answer was lost, and nothing is counted', async () => {
    const { address, dir, hostKey } = await running()
    const question = asks(newHost(), hostKey)
    const first = await activated(address, dir, question)
    for (let round = 0; round < 12; round++) expect(await activated(address, dir, question)).toEqual(first)
  })

  it('that asks twice at the same moment is counted once', async () => {
    const { address, dir, hostKey } = await running()
    const question = asks(newHost(), hostKey)
    const answers = await Promise.all(Array.from({ length: 8 }, () => activated(address, dir, question)))
    expect(new Set(answers.map(({ chain }) => toHex(chain[0] ?? new Uint8Array()))).size).toBe(1)
    expect(answers.every(({ activationsLeft }) => activationsLeft === 9)).toBe(true)
  })

  it('is one of six, ten times each; then 0xC004C008 says which limit it was, and whom to ask', async () => {
    const { address, dir, hostKey } = await running()
    const hardware = Array.from({ length: 6 }, someHardware)
    for (let round = 1; round <= 10; round++) {
      for (const each of hardware) {
        expect(await activated(address, dir, asks(newHost(each), hostKey))).toMatchObject({
          activationsLeft: 10 - round,
        })
      }
    }
    const seventh = await say(address, dir, asks(newHost(), hostKey))
    expect(seventh).toMatchObject({ kind: 'refusal', code: 'HOST_KEY_EXHAUSTED' })
    expect(seventh).toHaveProperty('text', expect.stringMatching(/6 of 6 hosts.*activation@example\.com/))
    const eleventh = await say(address, dir, asks(newHost(hardware[0]), hostKey))
    expect(eleventh).toHaveProperty('text', expect.stringMatching(/10 of 10 times.*activation@example\.com/))
    expect(await post(address, dir, encodeMessage(asks(newHost(), hostKey)))).toMatchObject({
      ...{ status: 403, headers: { 'content-type': 'application/volact+cbor' } },
    })
  })

  it('within tolerance is the same host, and is compared with its latest hardware from then on (rule 36)', async () => {
    const { address, dir, hostKey } = await running()
    let hardware = someHardware()
    for (let round = 1; round <= 4; round++) {
      expect(await activated(address, dir, asks(newHost(hardware), hostKey))).toMatchObject({
        ...{ hostsLeft: 5, activationsLeft: 10 - round },
      })
      // One component after another: far from the first hardware in the end, never far from the last.
      hardware = { anchor: random(32), vector: hardware.vector.with(round % 2 === 0 ? 0 : 1, random(8)) }
    }
  })
})

describe('a host is refused', () => {
  it('with a key that nobody issued, however right its check is, and after ten such tries for an hour (rule 52)', async () => {
    let now = setUpAt
    const { address, dir, hostKey } = await running({}, { clock: () => now })
    const wrong = formatProductKey(issueProductKey({ kind: 'host', group: 10, serial: 1, random: random(8) }))
    for (let time = 0; time < 10; time++) {
      expect(await say(address, dir, asks(newHost(), wrong))).toMatchObject({ code: 'KEY_INVALID' })
    }
    const busy = await post(address, dir, encodeMessage(asks(newHost(), hostKey)))
    expect([busy.status, busy.headers['retry-after']]).toEqual([429, '3600'])
    expect(decodeMessage(new Uint8Array(busy.body))).toMatchObject({ code: 'BUSY', retryAfter: 3_600 })
    now += hours(1)
    expect(await say(address, dir, asks(newHost(), hostKey))).toMatchObject({ kind: 'host-activated' })
  })

  it('also when many wrong keys come at once: ten are looked at', async () => {
    const { address, dir } = await running()
    const wrong = (): string =>
      formatProductKey(issueProductKey({ kind: 'host', group: 10, serial: 1, random: random(8) }))
    const asking = Array.from({ length: 30 }, () => say(address, dir, asks(newHost(), wrong())))
    const codes = (await Promise.all(asking)).map((answer) => (answer.kind === 'refusal' ? answer.code : 'none'))
    expect(codes.filter((code) => code === 'KEY_INVALID')).toHaveLength(10)
    expect(codes.filter((code) => code === 'BUSY')).toHaveLength(20)
  })

  it.each([
    ['mistyped', 'KEY_INVALID', (key: string) => key.slice(0, -1) + (key.endsWith('B') ? 'C' : 'B')],
    ['no key at all', 'KEY_INVALID', () => ''],
  ] as const)('with a key that is %s', async (_, code, spoil) => {
    const { address, dir, hostKey } = await running()
    expect(await say(address, dir, asks(newHost(), spoil(hostKey)))).toMatchObject({ kind: 'refusal', code })
  })

  it('with a setup key or a MAK', async () => {
    const { address, dir } = await running()
    for (const order of [
      { type: 'setup', group: 10 },
      { type: 'mak', group: 10, limit: 9 },
    ] as const) {
      const { key } = await withAuthority({ dir, now: () => setUpAt }, (authority) => authority.issueKey(order))
      expect(await say(address, dir, asks(newHost(), key))).toMatchObject({ code: 'KEY_INVALID' })
    }
  })

  it('while its key is blocked, and no longer', async () => {
    const { address, dir, hostKey } = await running()
    const command = { dir, now: (): number => setUpAt }
    await withAuthority(command, (authority) => authority.blockKey('1'))
    expect(await say(address, dir, asks(newHost(), hostKey))).toMatchObject({ code: 'KEY_BLOCKED' })
    await withAuthority(command, (authority) => authority.unblockKey(hostKey))
    expect(await say(address, dir, asks(newHost(), hostKey))).toMatchObject({ kind: 'host-activated' })
  })

  it('once its agreement has ended', async () => {
    let now = setUpAt
    const { address, dir, hostKey } = await running(
      { terms: { agreementEnds: setUpAt + days(30) } },
      { clock: () => now },
    )
    now += days(30)
    expect(await say(address, dir, asks(newHost(), hostKey))).toMatchObject({ code: 'LICENSE_EXPIRED' })
  })

  it('when request and entry 0 are not of one key and one log (rule 7)', async () => {
    const { address, dir, hostKey } = await running()
    const [host, other] = [newHost(), newHost()]
    const good = asks(host, hostKey)
    const cases: readonly (readonly [string, Message])[] = [
      ['LOG_MISMATCH', { ...good, entry: other.entry }],
      [
        'LOG_MISMATCH',
        { ...good, request: createHostRequest({ subject: 'h', signer: newSigner(), logId: host.logId }) },
      ],
      [
        'LOG_MISMATCH',
        { ...good, request: createHostRequest({ subject: 'h', signer: host.signer, logId: other.logId }) },
      ],
      ['SIGNATURE_INVALID', { ...good, request: flipped(good.request, good.request.length - 3) }],
      ['MALFORMED', { ...good, request: flipped(good.request, 2) }],
      ['MALFORMED', { ...good, request: new Uint8Array() }],
      ['MALFORMED', { ...good, entry: utf8('not CBOR') }],
    ]
    for (const [code, message] of cases) {
      expect(await say(address, dir, message)).toMatchObject({ kind: 'refusal', code })
    }
    expect(await activated(address, dir, good)).toMatchObject({ hostsLeft: 5, activationsLeft: 9 })
  })

  it('when another host key has activated its log', async () => {
    const { address, dir, hostKey } = await running()
    const order = { type: 'host', group: 'client' } as const
    const { key } = await withAuthority({ dir, now: () => setUpAt }, (authority) => authority.issueKey(order))
    const host = newHost()
    await activated(address, dir, asks(host, hostKey))
    expect(await say(address, dir, asks(host, key))).toMatchObject({ kind: 'refusal', code: 'LOG_MISMATCH' })
  })
})

describe('whatever comes in', () => {
  it('gets one coded answer, and the next host is served', async () => {
    const { address, dir, hostKey, reported } = await running()
    const good = encodeMessage(asks(newHost(), hostKey))
    const cases: readonly (readonly [string, number, Uint8Array])[] = [
      ['MALFORMED', 400, new Uint8Array()],
      ['MALFORMED', 400, utf8('GET / HTTP/1.1')],
      ['MALFORMED', 400, good.subarray(0, 100)],
      ['MALFORMED', 400, new Uint8Array([...good, 0])],
      ['UNSUPPORTED_VERSION', 400, flipped(good, 2, 3)],
      ['NOT_SUPPORTED', 400, encodeMessage({ kind: 'host-information-query' })],
      ['TOO_LARGE', 413, new Uint8Array(20_000)],
      ['TOO_LARGE', 413, new Uint8Array(3_000_000)],
    ]
    for (const [code, status, body] of cases) {
      // A server that has refused a large body may close before it was sent whole.
      const reply = await post(address, dir, body).catch(() => undefined)
      if (reply === undefined) expect(body.length).toBeGreaterThan(1_000_000)
      else expect([code, reply.status, decoded(reply)]).toMatchObject([code, status, { kind: 'refusal', code }])
    }
    expect(await say(address, dir, decodeMessage(good))).toMatchObject({ kind: 'host-activated' })
    expect(reported).toEqual([])
  })

  it('every byte of a good message may be wrong: each gets an answer', async () => {
    const { address, dir, hostKey, reported } = await running()
    const good = encodeMessage(asks(newHost(), hostKey))
    for (let at = 0; at < good.length; at += 37) {
      const reply = await post(address, dir, flipped(good, at))
      expect([200, 400, 403, 409, 429]).toContain(reply.status)
      expect(['refusal', 'host-activated']).toContain(decoded(reply).kind)
    }
    expect(reported).toEqual([])
  })

  it('in another form or to another place is refused as such', async () => {
    const { address, dir } = await running()
    expect((await post(address, dir, utf8('{}'), 'application/json')).status).toBe(415)
    expect((await exchange(`${address}/v1/hosts`, dir)).status).toBe(404)
    expect((await exchange(`${address}/../etc/passwd`, dir)).status).toBe(404)
    expect(await exchange(`${address}/healthz`, dir)).toMatchObject({ status: 200, body: Buffer.from('ok\n') })
  })

  it('meets a failure of this machine, which is reported here and told to nobody', async () => {
    const { address, dir, hostKey, reported } = await running()
    const database = new DatabaseSync(authorityFiles(dir).database)
    database.exec('alter table hosts rename to gone')
    const reply = await post(address, dir, encodeMessage(asks(newHost(), hostKey)))
    expect(reply.status).toBe(500)
    expect(decoded(reply)).toMatchObject({ kind: 'refusal', code: 'BUSY' })
    expect(reply.body.includes('hosts')).toBe(false)
    expect(String(reported[0])).toContain('hosts')
    database.exec('alter table gone rename to hosts')
    database.close()
    expect(await say(address, dir, asks(newHost(), hostKey))).toMatchObject({ kind: 'host-activated' })
  })

  it('that is no TLS, or stops in the middle, hurts nobody', async () => {
    const { address, dir, hostKey } = await running()
    const { port } = new URL(address)
    const ca = encodePem('CERTIFICATE', rootOf(dir).der)
    const slow = connect({ host: '127.0.0.1', port: Number(port), ca, servername: 'localhost' })
    await once(slow, 'secureConnect')
    slow.write('POST /v1/hosts HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nabc')
    expect(await say(address, dir, asks(newHost(), hostKey))).toMatchObject({ kind: 'host-activated' })
    slow.destroy()
  })

  it('is answered only under the pinned root', async () => {
    const { address } = await running()
    await expect(exchange(`${address}/healthz`, newFolder())).rejects.toThrow(/certificate/)
  })
})

describe('while it runs', () => {
  it('commands go through it: catalog, keys, packs and starter files', async () => {
    const { address, dir } = await running()
    await withAuthority({ dir, now: () => 0 }, async (authority) => {
      expect(await authority.applyCatalog(referenceCatalog)).toMatchObject({ number: 1, changes: [] })
      const { serial } = await authority.issueKey({ type: 'host', group: 'client' })
      expect((await authority.listKeys()).map((key) => [key.serial, key.issued])).toEqual([
        [1, setUpAt],
        [serial, setUpAt],
      ])
      expect(openPack(await authority.exportPack(), [rootOf(dir)], setUpAt).number).toBe(1)
      expect(Buffer.from(await authority.exportStarter()).includes(address)).toBe(true)
      await expect(authority.issueKey({ type: 'mak', group: 'client' })).rejects.toMatchObject({ code: 'USAGE' })
    })
  })

  it('a second one on the folder, or on the port, is refused with its reason, and closes what it opened', async () => {
    const { address, dir } = await running()
    const now = (): number => setUpAt
    await expect(startAuthority({ dir, listen: anyPort, now })).rejects.toMatchObject({ code: 'FOLDER_IN_USE' })
    const other = newFolder()
    const listen = { host: '127.0.0.1', port: Number(new URL(address).port) }
    await expect(startAuthority({ dir: other, listen, now })).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    await expect(startAuthority({ dir: other, listen: { host: '192.0.2.1', port: 0 }, now })).rejects.toMatchObject({
      code: 'USAGE',
    })
    await (await startAuthority({ dir: other, listen: anyPort, now })).close()
  })

  it('and after it ended, the folder is free and remembers', async () => {
    const { address, dir, hostKey, close } = await running()
    const question = asks(newHost(), hostKey)
    const first = await activated(address, dir, question)
    await close()
    expect(existsSync(join(dir, 'control.sock'))).toBe(false)
    const again = await startAuthority({ dir, listen: anyPort, now: () => setUpAt })
    onTestFinished(() => again.close())
    expect(await activated(again.address, dir, question)).toEqual(first)
  })
})

it('killed in the middle of activations, it has counted every certificate that left, and no log twice', async () => {
  const { dir, hostKey, close } = await running()
  await close()
  const hosts = Array.from({ length: 5 }, () => newHost())
  const child = startInChild(dir)
  const { address, kill } = await child
  const answers = new Map<string, string>()
  const asking = hosts.map(async (host) => {
    const answer = await say(address, dir, asks(host, hostKey)).catch(() => undefined)
    if (answer?.kind === 'host-activated') answers.set(toHex(host.logId), toHex(answer.chain[0] ?? new Uint8Array()))
    if (answers.size === 2) await kill()
  })
  await Promise.all(asking)
  const again = await startAuthority({ dir, listen: anyPort, now: () => setUpAt })
  onTestFinished(() => again.close())
  for (const host of hosts) {
    const { chain } = await activated(again.address, dir, asks(host, hostKey))
    const before = answers.get(toHex(host.logId))
    if (before !== undefined) expect(toHex(chain[0] ?? new Uint8Array())).toBe(before)
  }
  const [listed] = await withAuthority({ dir, now: () => setUpAt }, (authority) => authority.listKeys())
  expect(listed).toMatchObject({ hosts: 5, activations: 5 })
})

interface Running {
  readonly address: string
  readonly dir: string
  readonly hostKey: string
  readonly reported: readonly unknown[]
  readonly close: () => Promise<void>
}

async function running(
  order: Partial<KeyOrder> = {},
  { clock = () => setUpAt }: { readonly clock?: () => number } = {},
): Promise<Running> {
  const dir = newFolder()
  const reported: unknown[] = []
  const report = (error: unknown): void => void reported.push(error)
  const hostKey = await withAuthority({ dir, now: clock }, async (authority) => {
    await authority.applyCatalog(referenceCatalog)
    return (await authority.issueKey({ type: 'host', group: 'client', ...order })).key
  })
  const service = await startAuthority({ dir, listen: anyPort, now: clock, report })
  onTestFinished(() => service.close())
  return { ...service, dir, hostKey, reported }
}

async function activated(
  address: string,
  dir: string,
  message: Message,
): Promise<Message & { kind: 'host-activated' }> {
  const answer = await say(address, dir, message)
  if (answer.kind === 'host-activated') return answer
  throw new Error(`refused: ${JSON.stringify(answer)}`)
}

function decoded({ body }: { readonly body: Buffer }): Message {
  return decodeMessage(new Uint8Array(body))
}

function flipped(bytes: Uint8Array, at: number, bits = 0x55): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ bits : byte))
}

function rootOf(dir: string): Certificate {
  return readCertificateFile(authorityFiles(dir).root.certificate)
}

function opensslVerify(dir: string, leaf: Certificate): string {
  const { root, issuing } = authorityFiles(dir)
  const path = join(temporaryFolder(), 'host.pem')
  writeFileSync(path, encodePem('CERTIFICATE', leaf.der))
  const at = String(fromIso('2021-01-01T00:00:00Z'))
  const options = ['-x509_strict', '-attime', at, '-CAfile', root.certificate, '-untrusted', issuing.certificate, path]
  return execFileSync('openssl', ['verify', ...options], { encoding: 'utf8' })
}

/** Runs the service in a process of its own, which can be killed. */
async function startInChild(dir: string): Promise<{ readonly address: string; readonly kill: () => Promise<void> }> {
  const script = fileURLToPath(new URL('./serve.fixture.ts', import.meta.url))
  const options = ['--conditions=volact-source', '--disable-warning=ExperimentalWarning', script, dir, String(setUpAt)]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { address: line.toString('utf8').trim(), kill }
}
