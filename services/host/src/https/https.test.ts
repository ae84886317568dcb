import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import { setTimeout as pause } from 'node:timers/promises'
import { parseHostAddress } from '@volact/client/host-address'
import { exchange, transportLimits } from '@volact/client/transport'
import { parseProxy, type WebSettings } from '@volact/client/web/web-settings'
import { ActivationError } from '@volact/core/errors/activation-error'
import { decodeMessage, encodeMessage, type Message } from '@volact/core/wire/message'
import { days } from '@volact/core/time'
import { freePort } from '@volact/testkit/free-port'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type HostConfig, usualConfig } from '../config/host-config.ts'
import { type LoadedConfig, usualSettings } from '../config/load-config.ts'
import { makeActivatedHost, serve } from '../host.fixture.ts'
import { ask, TestConnection, TestMachine } from '../machine.fixture.ts'
import type { NetworkLimits } from '../network/limits.ts'
import type { RunningHost } from '../start-host.ts'
import { makeVendor, start } from '../vendor.fixture.ts'
import { backupCheck } from '../check/backup-check.ts'
import { portChecks } from '../check/port-checks.ts'
import { backupHost } from '../backup/backup-host.ts'
import { readTlsFiles } from './tls-files.ts'
import { makeTls, type TestTls } from './tls.fixture.ts'

const vendor = makeVendor({ threshold: 1 })
let tls: TestTls
let other: TestTls
const folder = mkdtempSync(join(tmpdir(), 'volact-test-'))
const query = encodeMessage({ kind: 'host-information-query' })

beforeAll(() => {
  tls = makeTls(folder, 'one')
  other = makeTls(folder, 'other')
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Starts a host; what it is set to may be changed before a reload. */
async function secureHost(
  config: Partial<HostConfig>,
  limits: Partial<NetworkLimits> = {},
): Promise<RunningHost & { change(next: Partial<HostConfig>): void }> {
  let set: HostConfig = { ...usualConfig, 'tls.certificate': tls.certificate, 'tls.key': tls.key, ...config }
  const settings = (): LoadedConfig => ({ ...usualSettings, config: set })
  const host = await serve(await makeActivatedHost(vendor), { now: start }, { settings, limits })
  return {
    ...host,
    change: (next) => {
      set = { ...set, ...next }
    },
  }
}

async function askOver(url: string, web: WebSettings = { ca: tls.ca }): Promise<Message> {
  return decodeMessage(await exchange(parseHostAddress(url), query, { ...transportLimits, web }))
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'answered',
    (error: unknown) => (error instanceof ActivationError ? error.code : String(error)),
  )
}

const anyPort = { host: '127.0.0.1', port: 0 }

describe('TLS on the activation port', () => {
  it('is spoken to who begins it, while others go on as before, where it is optional', async () => {
    const host = await secureHost({ 'tls.mode': 'optional' })
    expect(await askOver(`tls://${host.address}`)).toMatchObject({ kind: 'host-information', vendor: 'example' })
    expect(await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)).toMatchObject({
      kind: 'grant',
    })
  })

  it('is wanted of everybody where it is required, and a machine is activated over it', async () => {
    const host = await secureHost({ 'tls.mode': 'required' })
    const { message } = new TestMachine('a').request(vendor.desktop, start)
    const limits = { ...transportLimits, web: { ca: tls.ca } }
    const answer = await exchange(parseHostAddress(`tls://${host.address}`), encodeMessage(message), limits)
    expect(decodeMessage(answer)).toMatchObject({ kind: 'grant' })
    const plain = await TestConnection.open(host.address)
    plain.send(message)
    expect(await plain.next().catch(() => undefined)).toBeUndefined()
  })

  it('is believed only with a certificate of an authority that the machine knows, for the name that it asked', async () => {
    const host = await secureHost({ 'tls.mode': 'required' })
    const [, port = ''] = host.address.split(':')
    expect(await codeOf(askOver(`tls://127.0.0.1:${port}`, {}))).toBe('TLS_UNTRUSTED')
    expect(await codeOf(askOver(`tls://127.0.0.1:${port}`, { ca: other.ca }))).toBe('TLS_UNTRUSTED')
    expect(await codeOf(askOver(`tls://127.0.0.2:${port}`))).toMatch(/TLS_UNTRUSTED|HOST_UNREACHABLE/)
    const plain = await serve(await makeActivatedHost(vendor))
    expect(await codeOf(askOver(`tls://${plain.address}`))).toBe('TLS_UNTRUSTED')
  })

  it('takes a new certificate at a reload without dropping a connection, and refuses one that does not fit', async () => {
    const host = await secureHost({ 'tls.mode': 'optional' })
    const open = await TestConnection.open(host.address)
    const before = await certificateOf(host.address)
    host.change({ 'tls.certificate': other.certificate, 'tls.key': other.key })
    expect(await host.reload()).toMatchObject({ taken: ['tls.certificate', 'tls.key'], afterRestart: [] })
    expect((await certificateOf(host.address)).fingerprint256).not.toBe(before.fingerprint256)
    open.send({ kind: 'host-information-query' })
    expect(await open.next()).toMatchObject({ kind: 'host-information' })
    host.change({ 'tls.key': tls.key })
    expect(await codeOf(host.reload())).toBe('TLS_FILES_INVALID')
    expect(await askOver(`tls://${host.address}`, { ca: other.ca })).toMatchObject({ kind: 'host-information' })
    open.close()
  })

  it('is looked at by a check, with the other ports, and with the last backup', async () => {
    const config = { 'tls.mode': 'required', 'https.listen': anyPort, 'admin.listen': anyPort } as const
    const host = await secureHost(config)
    const set = { ...usualConfig, ...config, 'tls.certificate': tls.certificate, 'tls.key': tls.key }
    const ports = { ...host.status(), address: host.address }
    const verdicts = async (changes: Partial<HostConfig> = {}): Promise<readonly string[]> =>
      (await portChecks(ports, folder, { ...set, ...changes })).map(({ verdict }) => verdict)
    expect(await verdicts()).toEqual(['ok', 'warning', 'ok', 'ok'])
    const others = { 'tls.certificate': other.certificate, 'tls.key': other.key }
    expect(await verdicts(others)).toEqual(['problem', 'warning', 'problem', 'ok'])
    const dir = await makeActivatedHost(vendor)
    expect(backupCheck(dir, start).verdict).toBe('warning')
    await backupHost(dir, join(temporaryFolder(), 'backup'), { now: start })
    expect([0, 30, 31].map((after) => backupCheck(dir, start + days(after)).verdict)).toEqual(['ok', 'ok', 'warning'])
  })

  it('refuses a key that no handshake could be made with', async () => {
    const weak = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string]
    const [key, certificate] = weak
    const made = ['req', '-x509', '-newkey', 'rsa:512', '-nodes', '-keyout', key, '-out', certificate, '-subj', '/CN=x']
    spawnSync('openssl', made, { encoding: 'utf8' })
    expect(() => readTlsFiles({ use: 'tls', key, certificate })).toThrow(/make no TLS/)
    const host = await secureHost({ 'tls.mode': 'optional' })
    host.change({ 'tls.certificate': certificate, 'tls.key': key })
    expect(await codeOf(host.reload())).toBe('TLS_FILES_INVALID')
  })

  it('answers at the end what was accepted', async () => {
    const host = await secureHost({ 'tls.mode': 'optional' })
    const { message } = new TestMachine('a').request(vendor.desktop, start)
    const limits = { ...transportLimits, web: { ca: tls.ca } }
    const asked = exchange(parseHostAddress(`tls://${host.address}`), encodeMessage(message), limits)
    while (host.figures().vendors[0]?.slow === 0) await new Promise(setImmediate)
    const closed = host.close()
    expect(decodeMessage(await asked)).toMatchObject({ kind: 'grant' })
    await closed
  })

  it.each(['tls', 'https'] as const)('lets nobody who only holds connections keep others out of %s', async (via) => {
    const limits = { connections: 4, perAddress: 0 }
    const host = await secureHost({ 'tls.mode': 'required', 'https.listen': anyPort }, limits)
    const address = via === 'tls' ? host.address : (host.httpsAddress ?? '')
    const [name = '', port = ''] = address.split(':')
    const silent = Array.from({ length: 8 }, () =>
      connect({ host: name, port: Number(port) }).on('error', () => undefined),
    )
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    expect(await askOver(`${via}://${address}`)).toMatchObject({ kind: 'host-information' })
    for (const socket of silent) socket.destroy()
  })

  it.each(['tls', 'https'] as const)('holds the limit of an address on %s', async (via) => {
    const host = await secureHost({ 'tls.mode': 'required', 'https.listen': anyPort }, { perAddress: 2 })
    const address = via === 'tls' ? host.address : (host.httpsAddress ?? '')
    const [name = '', port = ''] = address.split(':')
    const open = Array.from({ length: 2 }, () =>
      connect({ host: name, port: Number(port) }).on('error', () => undefined),
    )
    await Promise.all(open.map((socket) => once(socket, 'connect')))
    expect(await codeOf(askOver(`${via}://${address}`))).not.toBe('answered')
    for (const socket of open) socket.destroy()
  })

  it('lets nobody who says nothing hold up the end', async () => {
    const host = await secureHost({ 'tls.mode': 'optional' })
    const [name = '', port = ''] = host.address.split(':')
    const silent = connect({ host: name, port: Number(port) }).on('error', () => undefined)
    await once(silent, 'connect')
    const closed = once(silent, 'close')
    await ask(host.address, { kind: 'host-information-query' })
    await host.close()
    await closed
  })
})

describe('activation over HTTPS', () => {
  it('activates a machine, on a listener of its own', async () => {
    const host = await secureHost({ 'https.listen': anyPort })
    const { message } = new TestMachine('a').request(vendor.desktop, start)
    const address = parseHostAddress(`https://${host.httpsAddress ?? ''}`)
    const answer = await exchange(address, encodeMessage(message), { ...transportLimits, web: { ca: tls.ca } })
    expect(decodeMessage(answer)).toMatchObject({ kind: 'grant' })
  })

  it.each<[string, number, { path?: string; method?: string; type?: string; body?: Uint8Array }]>([
    ['any other path', 404, { path: '/' }],
    ['a path with a question', 404, { path: '/v1/activate?x' }],
    ['another method', 405, { method: 'GET' }],
    ['another type', 415, { type: 'application/cbor' }],
    ['a type with a parameter', 415, { type: 'application/volact+cbor; charset=x' }],
    ['more than a request may have', 413, { body: new Uint8Array(4_097) }],
  ])('refuses %s with %i', async (_, status, asked) => {
    const host = await secureHost({ 'https.listen': anyPort })
    expect(await statusOf(host.httpsAddress ?? '', asked)).toBe(status)
  })

  it('refuses a body without a length, or that grows beyond it', async () => {
    const host = await secureHost({ 'https.listen': anyPort })
    const [name = '', port = ''] = (host.httpsAddress ?? '').split(':')
    const socket = connectTls({ host: name, port: Number(port), ca: tls.ca })
    const head =
      'POST /v1/activate HTTP/1.1\r\nHost: x\r\nContent-Type: application/volact+cbor\r\nTransfer-Encoding: chunked\r\n\r\n'
    socket.write(head)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 411 /)
    socket.destroy()
  })

  it('answers garbage in the body as it answers it on the wire', async () => {
    const host = await secureHost({ 'https.listen': anyPort })
    const address = parseHostAddress(`https://${host.httpsAddress ?? ''}`)
    const answer = await exchange(address, Uint8Array.of(1, 2, 3), { ...transportLimits, web: { ca: tls.ca } })
    expect(decodeMessage(answer)).toMatchObject({ kind: 'refusal', code: 'MALFORMED' })
  })

  it('gets through a web proxy with a password to a host with a certificate of the site’s own authority', async () => {
    const host = await secureHost({ 'https.listen': anyPort })
    const proxy = await tinyproxy('ann', 'pass-word')
    const url = `https://${host.httpsAddress ?? ''}`
    const web = (address: string): WebSettings => ({ ca: tls.ca, ...withProxy(address) })
    expect(await askOver(url, web(`http://ann:pass%2Dword@${proxy}`))).toMatchObject({ kind: 'host-information' })
    expect(await codeOf(askOver(url, web(`http://${proxy}`)))).toBe('PROXY_REFUSED')
    expect(await codeOf(askOver(url, web(`http://ann:wrong@${proxy}`)))).toBe('PROXY_REFUSED')
    expect(await codeOf(askOver(url, withProxy(`http://ann:pass%2Dword@${proxy}`)))).toBe('TLS_UNTRUSTED')
  })
})

function withProxy(address: string): WebSettings {
  const proxy = parseProxy(address)
  return proxy === undefined ? {} : { proxy }
}

/** Starts a real tinyproxy that wants a user and a password. */
async function tinyproxy(user: string, password: string): Promise<string> {
  const dir = temporaryFolder()
  const port = await freePort()
  const path = join(dir, 'tinyproxy.conf')
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Allow 127.0.0.1',
    'MaxClients 10',
    `BasicAuth ${user} ${password}`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`)
  const child = spawn('tinyproxy', ['-d', '-c', path], { stdio: 'ignore' })
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const isUp = async (): Promise<boolean> => {
    const socket = connect({ host: '127.0.0.1', port })
    const up = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    return up
  }
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`tinyproxy ended with ${child.exitCode}`)
    await pause(20)
  }
  return `127.0.0.1:${port}`
}

async function certificateOf(address: string): Promise<PeerCertificate> {
  const [host = '', port = ''] = address.split(':')
  const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const certificate = socket.getPeerCertificate()
  socket.destroy()
  return certificate
}

async function statusOf(
  address: string,
  {
    path = '/v1/activate',
    method = 'POST',
    type = 'application/volact+cbor',
    body = query,
  }: {
    path?: string
    method?: string
    type?: string
    body?: Uint8Array
  },
): Promise<number | undefined> {
  const headers = { 'content-type': type, 'content-length': method === 'GET' ? 0 : body.length }
  const asked = request(`https://${address}${path}`, { method, headers, ca: tls.ca, agent: false })
  asked.on('error', () => undefined)
  asked.end(method === 'GET' ? undefined : body)
  const [response] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }]
  response.resume()
  return response.statusCode
}
