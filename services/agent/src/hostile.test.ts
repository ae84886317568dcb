import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setupKey, TestVendor } from '@volact/client/client.fixture'
import { rounds } from '@volact/testkit/rounds'
import { ask, dial, license, speak, startTestAgent, type TestAgent } from './agent.fixture.ts'

const vendor = new TestVendor()
const proofPath = '/v1/licenses/desktop-1/proof'

async function isWell(agent: TestAgent): Promise<void> {
  expect((await ask(agent.address, 'GET', '/v1/health')).status).toBe(200)
}

/** The status line of what came back, or that nothing did. */
function statusOf(text: string): string {
  return /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 'nothing'
}

describe('whoever may ask cannot harm the agent:', () => {
  const noRequests: readonly (readonly [string, Uint8Array, readonly string[]])[] = [
    ['bytes that are no HTTP', Buffer.from(randomBytes(300)), ['400', 'nothing']],
    ['a TLS hello', Buffer.from('160301020001000001fc0303', 'hex'), ['400']],
    ['headers without end', Buffer.from(`GET /v1/health HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`), ['400', '431']],
    ['a line without end', Buffer.from(`GET /${'x'.repeat(20_000)}`), ['400', '431']],
    [
      'a smuggled length',
      Buffer.from('POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'),
      ['400'],
    ],
    ['a negative length', Buffer.from('POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'), ['400']],
    ['a request without a host', Buffer.from('GET /v1/health HTTP/1.1\r\n\r\n'), ['400']],
    ['a tunnel', Buffer.from('CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n'), ['nothing']],
    [
      'an expectation',
      Buffer.from('GET /v1/health HTTP/1.1\r\nHost: x\r\nExpect: cake\r\nConnection: close\r\n\r\n'),
      ['417'],
    ],
  ]

  it('what is no request ends its own connection', async () => {
    const agent = await startTestAgent(vendor)
    for (const [name, bytes, expected] of noRequests) {
      expect(expected, name).toContain(statusOf(await speak(agent.address, bytes, 'end')))
    }
    await isWell(agent)
  })

  it('a body that is larger than any, said at once or in pieces, is refused and not kept', async () => {
    const agent = await startTestAgent(vendor)
    const large = JSON.stringify({ nonce: 'x'.repeat(100_000) })
    expect(await ask(agent.address, 'POST', proofPath, large)).toMatchObject({
      status: 413,
      body: { error: { code: 'TOO_LARGE' } },
      headers: { connection: 'close' },
    })
    const head = `POST ${proofPath} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunks = `400\r\n${'x'.repeat(1_024)}\r\n`.repeat(10)
    expect(statusOf(await speak(agent.address, head + chunks))).toBe('413')
    await isWell(agent)
  })

  const wrongBodies: readonly (readonly [string, string])[] = [
    ['no JSON', '{"nonce":'],
    ['a list', '[]'],
    ['a number', '7'],
    ['null', 'null'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1')],
    ['no nonce', '{"uid":0}'],
    ['a nonce that is a list', '{"nonce":["a"],"uid":0}'],
    ['a nonce of 15 bytes', `{"nonce":"${'a'.repeat(20)}","uid":0}`],
    ['a nonce of 65 bytes', `{"nonce":"${'a'.repeat(87)}","uid":0}`],
    ['a nonce in padded base64', `{"nonce":"${'a'.repeat(22)}==","uid":0}`],
    ['a nonce with loose bits', `{"nonce":"${'a'.repeat(21)}b","uid":0}`],
    ['no account', `{"nonce":"${'A'.repeat(32)}"}`],
    ['an account that is a text', `{"nonce":"${'A'.repeat(32)}","uid":"0"}`],
    ['a negative account', `{"nonce":"${'A'.repeat(32)}","uid":-1}`],
    ['half an account', `{"nonce":"${'A'.repeat(32)}","uid":0.5}`],
    ['an account beyond 32 bits', `{"nonce":"${'A'.repeat(32)}","uid":4294967296}`],
    ['a field that is not known', `{"nonce":"${'A'.repeat(32)}","uid":0,"__proto__":1}`],
    ['a deep nest', `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`],
  ]

  it('no body but the right one has anything signed', async () => {
    const agent = await startTestAgent(vendor)
    await license(agent, vendor)
    for (const [name, body] of wrongBodies) {
      const { status, body: answer } = await ask(agent.address, 'POST', proofPath, body)
      expect([name, status, answer]).toMatchObject([name, 400, { error: { remedy: expect.any(String) as string } }])
      expect(answer).not.toHaveProperty('proof')
    }
  })

  const wrongPaths: readonly (readonly [string, string, number])[] = [
    ['GET', '/', 404],
    ['GET', '/v1', 404],
    ['GET', '/v1/health?x=1', 404],
    ['GET', '/v1/licenses/../../etc/passwd', 404],
    ['GET', '/v1/licenses/..%2f..%2fetc%2fpasswd', 404],
    ['GET', '/v1/licenses/%00', 404],
    ['GET', '/v1/licenses/%zz', 404],
    ['GET', '/v1/licenses/', 404],
    ['GET', '/v1/licenses/__proto__', 404],
    ['GET', 'http://elsewhere/v1/health', 404],
    ['DELETE', '/v1/health', 405],
    ['GET', proofPath, 405],
    ['PATCH', '/v1/licenses', 405],
  ]

  it('paths and methods that do not exist are refused, each with the status that HTTP has for it', async () => {
    const agent = await startTestAgent(vendor)
    for (const [method, path, status] of wrongPaths) {
      const answered = await ask(agent.address, method, path)
      expect([path, answered.status]).toEqual([path, status])
      expect(answered.body).toMatchObject({ error: { code: expect.any(String) as string } })
    }
  })

  it('any bytes at all end the connection that sent them, and nothing else', async () => {
    const agent = await startTestAgent(vendor, { limits: { idle: 200, headers: 200, request: 200, sweep: 50 } })
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string().map((text) => Buffer.from(`GET ${text} HTTP/1.1\r\nHost: x\r\n\r\n`)),
      fc.string().map((text) => Buffer.from(`POST ${proofPath} HTTP/1.1\r\nHost: x\r\n${text}\r\n\r\n`)),
    )
    const property = fc.asyncProperty(anything, async (bytes) => {
      await speak(agent.address, bytes, 'end')
    })
    await fc.assert(property, { numRuns: 10 * rounds(50) })
    await isWell(agent)
  })

  it('silence, half a request and a body that never comes are waited for no longer than the limits say', async () => {
    const limits = { idle: 300, headers: 300, request: 400, sweep: 50 }
    const agent = await startTestAgent(vendor, { limits })
    const head = `POST ${proofPath} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n`
    const answers = await Promise.all(['', 'GET /v1/he', `${head}{"n`].map((half) => speak(agent.address, half)))
    expect(answers.slice(0, 2).map(statusOf)).toEqual(['400', '400'])
    await isWell(agent)
  })

  it('a byte now and then does not keep a connection', async () => {
    const agent = await startTestAgent(vendor, { limits: { headers: 300, sweep: 50 } })
    const socket = await dial(agent.address)
    const dripping = setInterval(() => socket.write('x'), 20)
    socket.write('GET /')
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const done = (): void => {
      resolve(undefined)
    }
    socket.resume().once('end', done).once('close', done)
    await promise
    clearInterval(dripping)
    await isWell(agent)
  })

  it('who asks too often on one connection is told so once, and loses the connection', async () => {
    const agent = await startTestAgent(vendor, { limits: { requestsPerSecond: 5 } })
    const text = await speak(agent.address, 'GET /v1/licenses HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50))
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual([...Array<string>(5).fill('HTTP/1.1 200'), 'HTTP/1.1 429'])
    await isWell(agent)
  })

  it('more connections than there may be are closed, while root still gets through', async () => {
    const agent = await startTestAgent(vendor, { limits: { connections: 3 } })
    const held = await Promise.all(Array.from({ length: 3 }, () => dial(agent.address)))
    await expect(ask(agent.address, 'GET', '/v1/health')).rejects.toThrow()
    expect((await ask(agent.admin, 'GET', '/v1/health')).status).toBe(200)
    for (const socket of held) socket.destroy()
    await ask(agent.admin, 'GET', '/v1/health')
    await isWell(agent)
  })

  it('who closes half of the connection after the request still gets the answer', async () => {
    const agent = await startTestAgent(vendor)
    expect(statusOf(await speak(agent.address, 'GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n', 'end'))).toBe('200')
  })

  it('who leaves in the middle costs nothing', async () => {
    const agent = await startTestAgent(vendor)
    await license(agent, vendor)
    for (let round = 0; round < 20; round += 1) {
      const socket = await dial(agent.address)
      socket.write(`POST ${proofPath} HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n${'x'.repeat(3 * round)}`)
      socket.destroy()
    }
    await isWell(agent)
    expect(agent.events.filter(({ event }) => event === 'bug')).toEqual([])
  })

  it('refused requests fill no log: one line a minute, with how many there were', async () => {
    const time = { elapsed: 0 }
    const agent = await startTestAgent(vendor, { elapsed: () => time.elapsed })
    const refused = (): unknown[] => agent.events.filter(({ event }) => event === 'refused')
    for (let round = 0; round < 10; round += 1) await ask(agent.address, 'GET', '/nothing')
    expect(refused()).toHaveLength(1)
    time.elapsed = 61
    await ask(agent.address, 'GET', '/nothing')
    expect(refused()).toMatchObject([{ count: 1 }, { count: 10 }])
  })

  it('names in a path never become files', async () => {
    const agent = await startTestAgent(vendor)
    const before = readdirSync(agent.dir).toSorted()
    writeFileSync(join(agent.dir, 'secret.lease'), 'x')
    symlinkSync('secret.lease', join(agent.dir, 'link'))
    for (const name of ['secret', '..%2fsecret', 'link']) {
      expect((await ask(agent.address, 'GET', `/v1/licenses/${name}`)).status).toBe(404)
    }
    expect(readdirSync(agent.dir).toSorted()).toEqual([...before, 'secret.lease', 'link'].toSorted())
    expect(readFileSync(join(agent.dir, 'secret.lease'), 'utf8')).toBe('x')
  })

  it('a thousand refused bodies are not kept', async () => {
    const agent = await startTestAgent(vendor)
    await ask(agent.admin, 'POST', '/v1/keys', { key: setupKey })
    const flood = async (times: number): Promise<void> => {
      for (let round = 0; round < times; round += 1) await ask(agent.address, 'POST', proofPath, 'x'.repeat(60_000))
    }
    await flood(rounds(200))
    const before = agent.health().rss
    await flood(rounds(1_000))
    expect(agent.health().rss - before).toBeLessThan(60_000_000)
  })
})
