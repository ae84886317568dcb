import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { codeOf, desktopId, honest, setupKey, TestVendor } from '@volact/client/client.fixture'
import { startScripted } from '@volact/client/setting.fixture'
import { addVendor } from '@volact/client/vendors/add-vendor'
import { folderVendors } from '@volact/client/vendors/vendor-place'
import { openFolderClient } from '@volact/client/open-folder-client'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { decodeBase64, toHex } from '@volact/core/bytes'
import { sha256 } from '@volact/core/crypto'
import { openAgentProof } from '@volact/core/document/agent-proof'
import { parseGrant } from '@volact/core/document/grant'
import { formatPoolToken } from '@volact/core/document/pool-token'
import { parseLeaseFile } from '@volact/core/document/lease'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { ask, license, makeFolder, startTestAgent } from './agent.fixture.ts'
import { listenOn } from './local/socket-file.ts'

const vendor = new TestVendor()
const proofPath = '/v1/licenses/desktop-1/proof'
const nonce = randomBytes(24)
const isRoot = process.getuid?.() === 0

function proofFields(uid = 1000): object {
  return { nonce: nonce.toString('base64url'), uid }
}

describe('an agent', () => {
  it('takes a key and activates for root, and tells everybody who may ask', async () => {
    const agent = await startTestAgent(vendor)
    expect((await ask(agent.address, 'GET', '/v1/licenses')).body).toEqual({ licenses: [] })
    const host = await license(agent, vendor)
    expect(host.requests).toHaveLength(1)
    const { status, body } = await ask(agent.address, 'GET', '/v1/licenses/desktop-1')
    expect([status, body]).toEqual([200, expect.objectContaining({ state: 'licensed', number: 1 })])
    expect((await ask(agent.address, 'GET', '/v1/licenses')).body).toEqual({ licenses: [body] })
    expect((await ask(agent.address, 'GET', `/v1/licenses/${desktopId}`)).body).toEqual(body)
    expect((await ask(agent.address, 'GET', '/v1/health')).body).toMatchObject({
      ...{ state: 'serving', products: [{ product: 'desktop-1', state: 'licensed' }] },
      lastOutcome: { product: 'desktop-1', outcome: 'granted' },
    })
  })

  it('gives a lease file and the proof of the device key over nonce, product, account and lease (rule 4)', async () => {
    const agent = await startTestAgent(vendor)
    await license(agent, vendor)
    const { status, body } = await ask(agent.address, 'POST', proofPath, proofFields())
    expect(status).toBe(200)
    const [leaseFile, proof] = [decodeBase64(String(body['leaseFile'])), decodeBase64(String(body['proof']))]
    const grant = parseGrant(parseLeaseFile(leaseFile).entry)
    const { machine, anchor } = grant
    const asked = { nonce, product: uuidToBytes(desktopId), uid: 1000, leaseDigest: sha256(leaseFile), machine }
    expect(openAgentProof(proof, asked)).toMatchObject({ time: agent.clock.time, uid: 1000 })
    expect(await codeOf(() => openAgentProof(proof, { ...asked, uid: 1001 }))).toBe('PROOF_MISMATCH')
    expect(await codeOf(() => openAgentProof(proof, { ...asked, nonce: randomBytes(24) }))).toBe('PROOF_MISMATCH')
    // The anchor as root sees it, for a program that cannot (rule 34).
    expect([body['anchor'], body['weak']]).toEqual([toHex(anchor), false])
  })

  it('has no proof for what is not licensed here, and says which it is', async () => {
    const agent = await startTestAgent(vendor)
    const unknown = await ask(agent.address, 'POST', proofPath, proofFields())
    expect([unknown.status, unknown.body]).toMatchObject([404, { error: { code: 'NO_PRODUCT_KEY' } }])
    await ask(agent.admin, 'POST', '/v1/keys', { key: setupKey })
    const unbound = await ask(agent.address, 'POST', proofPath, proofFields())
    expect([unbound.status, unbound.body]).toMatchObject([409, { error: { code: 'NOT_BOUND', number: '0xC004F056' } }])
  })

  it('changes nothing for those who may only ask', async () => {
    const agent = await startTestAgent(vendor)
    for (const [method, path] of [
      ['POST', '/v1/keys'],
      ['PUT', '/v1/host'],
      ['DELETE', '/v1/host'],
      ['POST', '/v1/activate'],
      ['POST', '/v1/reload'],
    ] as const) {
      const { status, body } = await ask(agent.address, method, path)
      expect([path, status, body]).toMatchObject([path, 403, { error: { code: 'ACCESS_DENIED' } }])
    }
    expect(statSync(agent.address).mode & 0o777).toBe(0o660)
    expect(statSync(agent.admin).mode & 0o777).toBe(0o600)
    expect((await ask(agent.admin, 'GET', '/v1/health')).status).toBe(200)
  })

  it.runIf(isRoot)('ends when the socket cannot be given to the group: nothing goes on listening', async () => {
    const dir = temporaryFolder()
    chownSync(dir, 65_534, 65_534)
    const server = createServer()
    process.seteuid?.(65_534)
    try {
      expect(await codeOf(() => listenOn(server, join(dir, 'a.sock'), { mode: 0o660, gid: 4_242_424 }))).toBe(
        'ACCESS_DENIED',
      )
    } finally {
      process.seteuid?.(0)
    }
    expect([server.listening, readdirSync(dir)]).toEqual([false, []])
  })

  it.runIf(isRoot)('gives the socket of those who ask, and only that, to the group named', async () => {
    const agent = await startTestAgent(vendor, { gid: 12_345 })
    expect([statSync(agent.address).gid, statSync(agent.admin).gid]).toEqual([12_345, process.getgid?.()])
  })

  it('sets and forgets the host, and tells every failure with code, number and remedy', async () => {
    const agent = await startTestAgent(vendor)
    await ask(agent.admin, 'POST', '/v1/keys', { key: setupKey })
    expect((await ask(agent.admin, 'PUT', '/v1/host', { host: 'host.example' })).body).toEqual({
      host: 'host.example:1688',
    })
    expect((await ask(agent.admin, 'DELETE', '/v1/host')).status).toBe(200)
    const { status, body } = await ask(agent.admin, 'POST', '/v1/activate', { host: '127.0.0.1:1' })
    expect(status).toBe(502)
    expect(body).toMatchObject({ error: { code: expect.any(String) as string, remedy: expect.any(String) as string } })
    expect(agent.health().lastOutcome).toMatchObject({ outcome: 'unreachable', product: 'desktop-1' })
  })

  it('sees at once what a command changes in its folder beside it', async () => {
    const agent = await startTestAgent(vendor)
    const beside = await openFolderClient({ dir: agent.dir, now: agent.clock.now })
    beside.installKey(setupKey)
    expect((await ask(agent.address, 'GET', '/v1/licenses/desktop-1')).body).toMatchObject({ state: 'initial-grace' })
  })

  it('reads vendors and policy again without dropping the socket, and keeps the old ones where the new are no use', async () => {
    const agent = await startTestAgent(vendor, { dir: makeFolder(vendor) })
    await license(agent, vendor)
    const socket = lstatSync(agent.address).ino
    addVendor(folderVendors(agent.dir), vendor.pack(2), { now: agent.clock.time })
    expect(await ask(agent.admin, 'POST', '/v1/reload')).toMatchObject({
      status: 200,
      body: { products: ['desktop-1'] },
    })
    expect(agent.health().products).toMatchObject([{ product: 'desktop-1', state: 'licensed' }])
    writeFileSync(join(agent.dir, 'volact.json'), '{"role":"host","format":1}')
    expect(await codeOf(() => agent.reload())).toBe('FOLDER_WRONG_ROLE')
    expect(agent.health().products).toMatchObject([{ product: 'desktop-1', state: 'licensed' }])
    expect(lstatSync(agent.address).ino).toBe(socket)
    expect(agent.events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['started', 'outcome', 'reloaded', 'reload-failed']),
    )
  })

  it('writes no key and no nonce into its log', async () => {
    const agent = await startTestAgent(vendor)
    await license(agent, vendor)
    await ask(agent.address, 'POST', proofPath, proofFields())
    await ask(agent.admin, 'POST', '/v1/keys', { key: `${setupKey.slice(0, -1)}Z` })
    const text = JSON.stringify(agent.events)
    expect(text).toContain('outcome')
    for (const secret of [setupKey, setupKey.slice(0, 11), nonce.toString('base64url')])
      expect(text).not.toContain(secret)
  })
})

describe('the changes of root', () => {
  it('take a key away, rearm, and set where a host is looked for, each with its own fields', async () => {
    const agent = await startTestAgent(vendor)
    await license(agent, vendor)
    const { machineId } = (await ask(agent.address, 'GET', '/v1/licenses/desktop-1')).body
    expect(await ask(agent.admin, 'PUT', '/v1/domain', { domain: 'corp.test', product: 'desktop-1' })).toMatchObject({
      ...{ status: 200, body: { domain: 'corp.test' } },
    })
    expect((await ask(agent.admin, 'DELETE', '/v1/domain')).status).toBe(200)
    expect((await ask(agent.admin, 'PUT', '/v1/host-caching', { caching: false })).body).toEqual({ caching: false })
    expect((await ask(agent.admin, 'PUT', '/v1/activation-type', { type: 'host' })).body).toEqual({ type: 'host' })
    expect((await ask(agent.address, 'GET', '/v1/host')).body).toMatchObject({ caching: false })
    const rearmed = await ask(agent.admin, 'POST', '/v1/rearm', { level: 'machine' })
    expect(rearmed.body).toMatchObject({ level: 'machine', products: ['desktop-1'] })
    expect(rearmed.body['machineId']).not.toBe(machineId)
    // The proof is signed by the key of now: the lease was the other machine's.
    expect((await ask(agent.address, 'POST', proofPath, proofFields())).status).toBe(409)
    expect((await ask(agent.admin, 'DELETE', '/v1/keys/desktop-1')).body).toMatchObject({ product: 'desktop-1' })
    expect((await ask(agent.address, 'GET', '/v1/licenses')).body).toEqual({ licenses: [] })
  })

  const wrongChanges: readonly (readonly [string, string, object])[] = [
    ['PUT', '/v1/host', { host: 7 }],
    ['PUT', '/v1/host', { host: 'h', product: 'desktop-1', application: 'x' }],
    ['PUT', '/v1/host-caching', { caching: 'on' }],
    ['PUT', '/v1/activation-type', { type: 'magic' }],
    ['POST', '/v1/rearm', { level: 'everything' }],
    ['POST', '/v1/rearm', { level: 'machine', product: 'desktop-1' }],
    ['POST', '/v1/activate', { nonsense: true }],
  ]

  it('are refused with fields that mean nothing', async () => {
    const agent = await startTestAgent(vendor)
    for (const [method, path, body] of wrongChanges) {
      const refused = { status: 400, body: { error: { code: 'USAGE' } } }
      expect([path, await ask(agent.admin, method, path, body)]).toMatchObject([path, refused])
    }
  })
})

describe('by itself', () => {
  it('activates what is installed, and writes how that ended and which state came of it', async () => {
    const agent = await startTestAgent(vendor)
    const host = await startScripted(honest(vendor.host(), agent.clock.now))
    await ask(agent.admin, 'POST', '/v1/keys', { key: setupKey })
    await ask(agent.admin, 'PUT', '/v1/host', { host: host.address })
    await vi.waitFor(() => {
      expect(agent.health().products).toMatchObject([{ product: 'desktop-1', state: 'licensed' }])
      expect(agent.events).toContainEqual({ event: 'state', product: 'desktop-1', state: 'licensed' })
    }, 30_000)
    expect(agent.events).toContainEqual({
      ...{ event: 'outcome', product: 'desktop-1', outcome: 'granted', at: agent.clock.time },
    })
  })

  it('gives the leases of an ephemeral machine back when it stops (rule 38)', async () => {
    const token = join(temporaryFolder(), 'token')
    const path = join(temporaryFolder(), 'policy.toml')
    writeFileSync(token, formatPoolToken({ id: 'desks', secret: new Uint8Array(randomBytes(32)) }), { mode: 0o600 })
    writeFileSync(path, `pool-token-file = "${token}"\n`)
    const agent = await startTestAgent(vendor, { policy: { kind: 'file', path, protection: 'none' } })
    const host = await license(agent, vendor)
    expect(agent.health().products).toMatchObject([{ state: 'licensed' }])
    await agent.reload()
    expect(host.messages.map(({ kind }) => kind)).not.toContain('release')
    host.reply = (message) => (message.kind === 'release' ? 'close' : 'silence')
    await agent.close()
    expect(host.messages.at(-1)).toMatchObject({ kind: 'release' })
    // This host kept its answer to itself: the lease ends by itself within a day.
    expect(agent.events).toContainEqual(expect.objectContaining({ event: 'release-failed', product: 'desktop-1' }))
  })
})

describe('starting', () => {
  it('is refused to a second agent on one folder, and to one that would take the socket of another', async () => {
    const agent = await startTestAgent(vendor)
    const again = { socket: join(agent.dir, 'b.sock'), dir: agent.dir }
    await expect(startTestAgent(vendor, again)).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      message: expect.stringContaining('another agent serves') as string,
    })
    await expect(startTestAgent(vendor, { socket: agent.address })).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      message: expect.stringContaining('another agent listens') as string,
    })
    expect((await ask(agent.address, 'GET', '/v1/health')).status).toBe(200)
    expect(existsSync(again.socket)).toBe(false)
  })

  it('is possible again on the same folder after an end', async () => {
    const first = await startTestAgent(vendor)
    await first.close()
    expect([existsSync(first.address), existsSync(first.admin)]).toEqual([false, false])
    const second = await startTestAgent(vendor, { dir: first.dir })
    expect((await ask(second.address, 'GET', '/v1/health')).status).toBe(200)
  })

  it('is refused where the path of the socket is a file or too long, and leaves it alone', async () => {
    const dir = temporaryFolder()
    const file = join(dir, 'file')
    writeFileSync(file, 'mine')
    symlinkSync(file, join(dir, 'link'))
    for (const name of ['file', 'link']) {
      expect(await codeOf(() => startTestAgent(vendor, { socket: join(dir, name) }))).toBe('FILE_EXISTS')
    }
    expect(await codeOf(() => startTestAgent(vendor, { socket: join(dir, 'x'.repeat(100)) }))).toBe('USAGE')
  })

  it('says what the disk says, where there can be no lock', async () => {
    const dir = makeFolder(vendor)
    writeFileSync(join(dir, 'agent'), 'a file')
    expect(await codeOf(() => startTestAgent(vendor, { dir }))).toBe('DISK_FAILED')
  })

  it('makes a folder for the sockets that the group gets through, and sockets for the group, whatever the umask', async () => {
    const run = join(temporaryFolder(), 'run')
    const umask = process.umask(0o077)
    try {
      const agent = await startTestAgent(vendor, { socket: join(run, 'a.sock') })
      const modes = [run, agent.address, agent.admin].map((path) => statSync(path).mode & 0o777)
      expect(modes).toEqual([0o755, 0o660, 0o600])
    } finally {
      process.umask(umask)
    }
  })

  it.runIf(isRoot)('is refused to root where others could put something in the place of the socket', async () => {
    const dir = temporaryFolder()
    chmodSync(dir, 0o777)
    expect(await codeOf(() => startTestAgent(vendor, { socket: join(dir, 'a.sock') }))).toBe('ACCESS_DENIED')
    expect(readdirSync(dir)).toEqual([])
  })

  it('leaves nobody a socket of its own when the second one cannot be had', async () => {
    const dir = temporaryFolder()
    const living = createServer().listen(join(dir, 'a.sock'))
    expect(await codeOf(() => startTestAgent(vendor, { socket: join(dir, 'a.sock') }))).toBe('FOLDER_IN_USE')
    expect(existsSync(join(dir, 'a-admin.sock'))).toBe(false)
    living.close()
  })
})

describe('an end', () => {
  it('answers first what was accepted', async () => {
    const agent = await startTestAgent(vendor)
    await license(agent, vendor)
    const asked = Array.from({ length: 20 }, () => ask(agent.address, 'POST', proofPath, proofFields()))
    await Promise.race(asked)
    await agent.close()
    const settled = await Promise.allSettled(asked)
    const statuses = settled.map((one) => (one.status === 'fulfilled' ? one.value.status : 'not taken'))
    expect(statuses).toContain(200)
    expect(statuses.every((status) => status === 200 || status === 'not taken')).toBe(true)
    expect(agent.events.slice(-2)).toEqual([{ event: 'stopping' }, { event: 'stopped' }])
  })

  it('leaves the socket alone that another has put in the place of its own', async () => {
    const agent = await startTestAgent(vendor)
    rmSync(agent.address)
    const other = createServer().listen(agent.address)
    await agent.close()
    expect(existsSync(agent.address)).toBe(true)
    other.close()
  })
})
