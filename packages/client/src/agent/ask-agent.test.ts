import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decodeBase64, encodeBase64, toHex } from '@volact/core/bytes'
import { thumbprint } from '@volact/core/cose/key'
import { makeLeaf } from '@volact/core/document/certificates.fixture'
import { grantTime } from '@volact/core/document/host.fixture'
import { documentKinds } from '@volact/core/document/kinds'
import { signRevocationList } from '@volact/core/document/revocation-list'
import { days } from '@volact/core/time'
import { parseCertificate } from '@volact/core/x509/certificate'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { catalog, codeOf, desktopId, honest, setupKey, TestVendor } from '../client.fixture.ts'
import { newClient, type Setting, startScripted } from '../setting.fixture.ts'
import { askAgent, type AskAgentOptions } from './ask-agent.ts'

const vendor = new TestVendor()
const embedded = [{ roots: [vendor.root.der], policy: catalog }]

type Fields = Readonly<Record<string, unknown>>

/** A client with a license, as an agent has one. */
async function licensed(of: TestVendor = vendor): Promise<Setting> {
  const setting = await newClient(of)
  const host = await startScripted(honest(of.host(), setting.clock.now))
  setting.client.installKey(setupKey)
  await setting.client.activate({ host: host.address })
  return setting
}

/** What an honest agent says. */
async function prove({ client }: Setting, { nonce, uid }: Fields): Promise<Fields> {
  const question = { product: desktopId, nonce: Buffer.from(String(nonce), 'base64url'), uid: Number(uid) }
  const proven = await client.prove(question)
  const [leaseFile, proof] = [encodeBase64(proven.leaseFile), encodeBase64(proven.proof)]
  return { leaseFile, proof, anchor: toHex(proven.anchor), weak: proven.weak }
}

/** Something that listens where an agent should. */
async function startAgent(answer: (asked: Fields) => Promise<Fields | string>, status = 200): Promise<string> {
  const socket = join(temporaryFolder(), 'a.sock')
  const server = createServer((request, response) => {
    void (async () => {
      let text = ''
      for await (const chunk of request) text += String(chunk)
      const body = await answer(JSON.parse(text) as Fields)
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
    })()
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return socket
}

function ask(setting: Setting, socket: string, more: Partial<AskAgentOptions> = {}): ReturnType<typeof askAgent> {
  const limits = { milliseconds: 5_000, bytes: 100_000 }
  return askAgent({ vendors: embedded, product: 'desktop-1', socket, now: setting.clock.now, limits, ...more })
}

describe('a product that asks the agent of its machine', () => {
  it('gets its license, with all that it rests on verified, and the anchor that it cannot read itself (rule 34)', async () => {
    const setting = await licensed()
    const socket = await startAgent((asked) => prove(setting, asked))
    const { machineId, expires } = setting.client.status()
    expect(await ask(setting, socket)).toMatchObject({
      ...{ product: 'desktop-1', activationId: desktopId, machineId, expires, features: [], test: false },
      ...{ customer: 'Example Customer', sameHardware: true },
    })
  })

  it('believes no lease that its vendor has ended, by the list in its own code (rule 44)', async () => {
    const setting = await licensed()
    const socket = await startAgent((asked) => prove(setting, asked))
    const key = makeLeaf(vendor.root, documentKinds['revocation-list'].eku)
    const { publicKey } = parseCertificate(vendor.issuing.der)
    const list = (ends: boolean): Uint8Array => {
      const subject = { kind: 'key', id: thumbprint(publicKey) } as const
      const line = { subject, cutoff: grantTime, void: ends, expires: grantTime + days(900) }
      return signRevocationList({ number: 1, issued: grantTime, revoked: [line] }, key.der, key.signer)
    }
    const codes = [true, false].map((ends) =>
      codeOf(() => ask(setting, socket, { vendors: embedded.map((one) => ({ ...one, revocations: list(ends) })) })),
    )
    expect(await Promise.all(codes)).toEqual(['CERTIFICATE_REVOKED', undefined])
  })

  it('is told when the lease was granted to other hardware than this', async () => {
    const setting = await licensed()
    const socket = await startAgent(async (asked) => ({ ...(await prove(setting, asked)), anchor: '00'.repeat(32) }))
    expect((await ask(setting, socket)).sameHardware).toBe(false)
  })

  it('believes no proof that was recorded (rule 4)', async () => {
    const setting = await licensed()
    const recorded = await prove(setting, {
      nonce: randomBytes(32).toString('base64url'),
      uid: process.getuid?.() ?? 0,
    })
    const socket = await startAgent(() => Promise.resolve(recorded))
    expect(await codeOf(() => ask(setting, socket))).toBe('PROOF_MISMATCH')
  })

  it('believes no lease that was copied from another machine, whose key is not here (rule 4)', async () => {
    const [owner, thief] = [await licensed(), await licensed()]
    const stolen = encodeBase64(owner.client.exportLease())
    const socket = await startAgent(async (asked) => ({ ...(await prove(thief, asked)), leaseFile: stolen }))
    expect(await codeOf(() => ask(owner, socket))).toBe('PROOF_MISMATCH')
  })

  it('believes no proof for another account (rule 4)', async () => {
    const setting = await licensed()
    const socket = await startAgent((asked) => prove(setting, { ...asked, uid: 4_242_424 }))
    expect(await codeOf(() => ask(setting, socket))).toBe('PROOF_MISMATCH')
  })

  it('believes no altered byte of either', async () => {
    const setting = await licensed()
    for (const name of ['leaseFile', 'proof']) {
      for (const at of [0.1, 0.5, 0.9]) {
        const socket = await startAgent(async (asked) => {
          const answer = await prove(setting, asked)
          const bytes = decodeBase64(String(answer[name]))
          const place = Math.floor(bytes.length * at)
          bytes[place] = (bytes[place] ?? 0) ^ 1
          return { ...answer, [name]: encodeBase64(bytes) }
        })
        expect([name, at, await codeOf(() => ask(setting, socket))]).not.toContain(undefined)
      }
    }
  })

  it('believes only the roots and the policy of its own code (rule 11)', async () => {
    const setting = await licensed()
    const socket = await startAgent((asked) => prove(setting, asked))
    const stranger = [{ roots: [new TestVendor().root.der], policy: catalog }]
    expect(await codeOf(() => ask(setting, socket, { vendors: stranger }))).toBe('ROOT_UNKNOWN')
    expect(await codeOf(() => ask(setting, socket, { product: 'server-2' }))).not.toBe(undefined)
    expect(await codeOf(() => ask(setting, socket, { product: 'nothing' }))).toBe('NO_PRODUCT_KEY')
  })

  it('holds a lease for over from its last second on, and for not begun before its first', async () => {
    const setting = await licensed()
    const socket = await startAgent((asked) => prove(setting, asked))
    const { expires } = await ask(setting, socket)
    expect(await codeOf(() => ask(setting, socket, { now: () => expires - 1 }))).toBe(undefined)
    expect(await codeOf(() => ask(setting, socket, { now: () => expires }))).toBe('LEASE_EXPIRED')
    expect(await codeOf(() => ask(setting, socket, { now: () => expires - days(365) }))).toBe('CLOCK_SKEW')
  })

  it.each<[string, string, Fields | string, number]>([
    ['nothing of JSON', 'MALFORMED', '<html>', 502],
    ['an answer without a proof', 'MALFORMED', { leaseFile: '' }, 200],
    ['an answer that is no base64', 'MALFORMED', { leaseFile: '!', proof: '' }, 200],
    ['more than any answer', 'TOO_LARGE', { leaseFile: 'x'.repeat(200_000) }, 200],
    ['a failure with a code', 'NOT_BOUND', { error: { code: 'NOT_BOUND', message: 'never activated' } }, 409],
    ['a failure with a code of its own', 'AGENT_UNREACHABLE', { error: { code: 'X', message: 'x' } }, 409],
  ])('reports %s as %s', async (_, code, answer, status) => {
    const setting = await newClient(vendor)
    const socket = await startAgent(() => Promise.resolve(answer), status)
    expect(await codeOf(() => ask(setting, socket))).toBe(code)
  })

  it('does not wait for an agent that says nothing, and says where none is', async () => {
    const setting = await newClient(vendor)
    const silence = await startAgent(() => Promise.withResolvers<Fields>().promise)
    const limits = { milliseconds: 100, bytes: 1_000 }
    await expect(ask(setting, silence, { limits })).rejects.toThrow('it took too long')
    const nowhere = join(temporaryFolder(), 'none.sock')
    await expect(ask(setting, nowhere)).rejects.toThrow(`no agent answers on ${nowhere}: ENOENT`)
  })
})
