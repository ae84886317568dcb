import { readdirSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodePem } from '@volact/core/der/pem'
import { generatePrivateKey, signerFromPkcs8 } from '@volact/core/crypto'
import { concat, equal } from '@volact/core/bytes'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { days } from '@volact/core/time'
import { leafHash } from '@volact/core/transparency/node-hash'
import { decodeMessage, encodeMessage, type Message } from '@volact/core/wire/message'
import { parseCertificateRequest } from '@volact/core/x509/request'
import { makeServerCertificate } from '@volact/keys/certificate-maker'
import { activateHost, type ActivateHostOptions } from './activate-host.ts'
import { vendorFiles } from './folder/files.ts'
import type { HardwareFacts } from './activation/hardware.ts'
import { hostHardware, makeActivatedHost, makeHost, serve } from './host.fixture.ts'
import { hostStatus } from './host-status.ts'
import { ask, TestConnection, TestMachine } from './machine.fixture.ts'
import { makeVendor, start, type TestVendor } from './vendor.fixture.ts'

// TLS goes by the real clock; the leaves of the tests are valid around 2026 for years.
const options = { now: start, probe: () => Promise.resolve(hostHardware) }

/** Listens as a vendor's authority with a handler that gives the answer to each request. */
async function authority(vendor: TestVendor, handle: (bytes: Uint8Array) => Message | 'hang-up'): Promise<string> {
  const pkcs8 = generatePrivateKey('ESP256')
  const certificate = makeServerCertificate(
    {
      ...{ name: { commonName: 'authority' }, publicKey: signerFromPkcs8(pkcs8).publicKey, names: ['127.0.0.1'] },
      validity: { notBefore: start - days(1), notAfter: start + days(3_000) },
    },
    vendor.issuing,
  )
  const cert = [certificate, vendor.issuing.certificate.der].map((der) => encodePem('CERTIFICATE', der)).join('')
  const server: Server = createServer({ key: encodePem('PRIVATE KEY', pkcs8), cert }, (request, response) => {
    const pieces: Uint8Array[] = []
    request.on('data', (piece: Uint8Array) => pieces.push(piece))
    request.on('end', () => {
      const answer = handle(concat(...pieces))
      if (answer === 'hang-up') request.socket.destroy()
      else response.writeHead(200, { 'content-type': 'application/volact+cbor' }).end(encodeMessage(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers as an authority does that believes everybody. */
function certify(vendor: TestVendor, bytes: Uint8Array): Message {
  const message = decodeMessage(bytes)
  if (message.kind !== 'activate-host') throw new Error(`asked with ${message.kind}`)
  const entry = parseEntry(message.entry)
  if (entry.kind !== 'host-activation') throw new Error('no entry 0')
  const logId = leafHash(message.entry)
  const request = parseCertificateRequest(message.request)
  if (!equal(request.logId, logId) || !equal(request.publicKey.bytes, entry.signingKey.bytes))
    throw new Error('not its own')
  const chain = vendor.certify(entry, logId)
  return { kind: 'host-activated', chain, pack: vendor.pack(2), hostsLeft: 5, activationsLeft: 9 }
}

describe('activateHost', () => {
  it('makes a host that serves, and takes the newest pack along', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeHost(vendor)
    const url = await authority(vendor, (bytes) => certify(vendor, bytes))
    const activated = await activateHost(dir, { ...options, authority: url })
    expect(activated).toMatchObject({
      vendor: 'example',
      customer: 'Example Customer',
      hostsLeft: 5,
      activationsLeft: 9,
    })
    expect(await hostStatus(dir, { now: () => start })).toMatchObject({ state: 'licensed', ledger: { size: 2 } })
    const host = await serve(dir)
    const machine = new TestMachine('a')
    const sent = machine.request(vendor.desktop, start)
    machine.accept(vendor, sent, await ask(host.address, sent.message))
  })

  it('has a running host do it, which grants from then on without being started anew', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeHost(vendor)
    const host = await serve(dir)
    const connection = await TestConnection.open(host.address)
    const machine = new TestMachine('a')
    connection.send(machine.request(vendor.desktop, start).message)
    expect(await connection.next()).toMatchObject({ kind: 'refusal', code: 'HOST_NOT_ACTIVATED' })
    const url = await authority(vendor, (bytes) => certify(vendor, bytes))
    const { logId } = await activateHost(dir, { ...options, authority: url })
    const sent = machine.request(vendor.desktop, start)
    connection.send(sent.message)
    const answer = await connection.next()
    if (answer === undefined) throw new Error('the connection was closed')
    expect(machine.accept(vendor, sent, answer).grant.logId).toEqual(logId)
    connection.close()
  })

  it('repeats the same request after an answer that was lost, and so costs one activation', async () => {
    const vendor = makeVendor()
    const dir = await makeHost(vendor)
    const seen: Uint8Array[] = []
    const url = await authority(vendor, (bytes) => {
      seen.push(bytes)
      return seen.length === 1 ? 'hang-up' : certify(vendor, bytes)
    })
    const asking: ActivateHostOptions = { ...options, authority: url }
    await expect(activateHost(dir, asking)).rejects.toMatchObject({ code: 'AUTHORITY_UNREACHABLE' })
    await activateHost(dir, asking)
    expect(seen[1]).toEqual(seen[0])
    await activateHost(dir, asking)
    expect(seen[2]).not.toEqual(seen[0])
    const names = readdirSync(vendorFiles(dir, 'example').dir)
    expect(names.filter((name) => /^ledger-|^activat/.test(name))).toHaveLength(1)
  })

  it('says what the authority says when that refuses, and stays what it was', async () => {
    const vendor = makeVendor()
    const dir = await makeHost(vendor)
    const url = await authority(vendor, () => ({
      kind: 'refusal',
      code: 'HOST_KEY_EXHAUSTED',
      text: 'six hosts already',
    }))
    await expect(activateHost(dir, { ...options, authority: url })).rejects.toMatchObject({
      ...{ code: 'HOST_KEY_EXHAUSTED', message: 'six hosts already' },
    })
    expect((await hostStatus(dir, { now: () => start })).state).toBe('unlicensed')
  })

  it('sends its key to nobody but who has a certificate under the pinned root', async () => {
    const vendor = makeVendor()
    const dir = await makeHost(vendor)
    let asked = 0
    const impostor = makeVendor()
    const url = await authority(impostor, (bytes) => {
      asked += 1
      return certify(impostor, bytes)
    })
    await expect(activateHost(dir, { ...options, authority: url })).rejects.toMatchObject({ code: 'ROOT_UNKNOWN' })
    // An administrator may have set this for some other program.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    onTestFinished(() => {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    })
    await expect(activateHost(dir, { ...options, authority: url })).rejects.toMatchObject({ code: 'ROOT_UNKNOWN' })
    expect(asked).toBe(0)
  })

  it('refuses a certificate for another log, another key, or by another root (rules 1, 7)', async () => {
    const vendor = makeVendor()
    const dir = await makeHost(vendor)
    const bad = async (change: (entry: Uint8Array) => readonly Uint8Array[]): Promise<string> =>
      authority(vendor, (bytes) => {
        const message = decodeMessage(bytes)
        const entry = message.kind === 'activate-host' ? message.entry : new Uint8Array(0)
        return { kind: 'host-activated', chain: change(entry), pack: vendor.pack(1), hostsLeft: 1, activationsLeft: 1 }
      })
    const activation = (bytes: Uint8Array): Extract<ReturnType<typeof parseEntry>, { kind: 'host-activation' }> => {
      const entry = parseEntry(bytes)
      if (entry.kind !== 'host-activation') throw new Error('no entry 0')
      return entry
    }
    const otherLog = await bad((entry) => vendor.certify(activation(entry), new Uint8Array(32)))
    await expect(activateHost(dir, { ...options, authority: otherLog })).rejects.toMatchObject({ code: 'LOG_MISMATCH' })
    const { publicKey } = signerFromPkcs8(generatePrivateKey('ESP256'))
    const otherKey = await bad((entry) =>
      vendor.certify({ ...activation(entry), signingKey: publicKey }, leafHash(entry)),
    )
    await expect(activateHost(dir, { ...options, authority: otherKey })).rejects.toMatchObject({
      code: 'CHAIN_INVALID',
    })
    const otherRoot = await bad((entry) => makeVendor().certify(activation(entry), leafHash(entry)))
    await expect(activateHost(dir, { ...options, authority: otherRoot })).rejects.toMatchObject({
      code: 'ROOT_UNKNOWN',
    })
    expect((await hostStatus(dir, { now: () => start })).state).toBe('unlicensed')
  })

  it('on other hardware than was certified it says so, and serves on; within tolerance it is the same (rules 9, 36)', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const notesOn = async (hardware: HardwareFacts): Promise<readonly string[]> => {
      const notes: string[] = []
      const probe = (): Promise<HardwareFacts> => Promise.resolve(hardware)
      const host = await serve(dir, { now: start }, { probe, onNote: (text) => notes.push(text) })
      expect(await ask(host.address, new TestMachine('a').request(vendor.desktop, start).message)).toMatchObject({
        kind: 'grant',
      })
      await host.close()
      return notes
    }
    expect(await notesOn(hostHardware)).toEqual([])
    expect(await notesOn({ ...hostHardware, boardSerial: 'B-2' })).toEqual([])
    const components = hostHardware.components.map((component) => `another ${String(component)}`)
    expect(await notesOn({ ...hostHardware, boardSerial: 'B-2', components })).toEqual([
      expect.stringContaining('other hardware') as string,
    ])
  })

  it('says what is missing before it asks anybody', async () => {
    const vendor = makeVendor()
    const dir = await makeHost(vendor)
    await expect(activateHost(dir, options)).rejects.toMatchObject({ code: 'USAGE' })
    await expect(activateHost(dir, { ...options, authority: 'http://127.0.0.1' })).rejects.toMatchObject({
      code: 'USAGE',
    })
    await expect(activateHost(dir, { ...options, authority: 'https://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'AUTHORITY_UNREACHABLE',
    })
  })
})
