import { sha256 } from '@volact/core/crypto'
import { encodeCheckpoint, parseCheckpoint } from '@volact/core/document/checkpoint'
import { grantTime, TestHost } from '@volact/core/document/host.fixture'
import { openRequest } from '@volact/core/document/request'
import { signTreeHead } from '@volact/core/document/tree-head'
import type { Message } from '@volact/core/wire/message'
import { encodeCheckpointText } from '@volact/core/wire/checkpoint-text'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import {
  activation,
  grantFor,
  honest,
  opener,
  type Reply,
  type ScriptedHost,
  setupKey,
  TestClock,
  TestVendor,
} from '../client.fixture.ts'
import type { Client } from '../client.ts'
import { startScripted } from '../setting.fixture.ts'
import { answer, record, srv, startDns } from './dns-server.fixture.ts'

const vendor = new TestVendor()

interface Found {
  readonly client: Client
  readonly host: TestHost
  readonly server: ScriptedHost
  readonly clock: TestClock
  /** Names that DNS was asked for texts of. */
  readonly askedTexts: string[]
  /** Finds the host by DNS, and activates there. */
  readonly activate: () => Promise<unknown>
  /** The codes of what the client has to say. */
  readonly notes: () => readonly string[]
}

/** A client whose host is found by DNS, where these texts stand beside it. */
async function found(texts: (host: TestHost) => readonly string[], host = vendor.host()): Promise<Found> {
  const clock = new TestClock()
  const server = await startScripted(honest(host, clock.now))
  const askedTexts: string[] = []
  const dns = await startDns((question) => {
    const type = question.readUInt16BE(question.indexOf(0, 12) + 1)
    if (type === 1) return answer(question, 0, record(1, Buffer.of(127, 0, 0, 1)))
    if (type === 33) return answer(question, 0, srv(['act1', 'corp', 'test'], Number(server.address.split(':')[1])))
    if (type !== 16) return answer(question, 0)
    askedTexts.push(question.toString('latin1', 13, 20))
    return answer(question, 0, ...texts(host).map(txt))
  })
  const client = await opener(vendor, temporaryFolder(), clock)()
  client.installKey(setupKey)
  const activate = (): Promise<unknown> => client.activate({ domain: 'corp.test', dns: dns.address })
  return {
    ...{ client, host, server, clock, askedTexts, activate },
    notes: () => client.status().events.map(({ code }) => code),
  }
}

function txt(text: string): Buffer {
  const parts = text.match(/[^]{1,255}/g) ?? []
  return record(16, Buffer.concat(parts.map((part) => Buffer.concat([Buffer.of(part.length), Buffer.from(part)]))))
}

/** Another ledger of the same host, which begins as its own does, and is larger. */
function forkOf(host: TestHost, made: TestHost[]): TestHost {
  const [known] = made
  if (known !== undefined) return known
  const { root, issuing, leaf } = host
  const fork = Object.assign(new TestHost({ root, issuing, signer: leaf.signer }), {
    leaf,
    entitlement: host.entitlement,
  })
  for (let index = 2; index < 9; index += 1) {
    fork.append({ kind: 'certificate', index, time: grantTime, x5t: host.x5t, notAfter: grantTime })
  }
  made.push(fork)
  return fork
}

/** What the host has signed, or would have if it had another ledger. */
function textOf(
  host: TestHost,
  { size = host.tree.size, time = grantTime, root = host.tree.root(), by = host } = {},
): string {
  const head = { size, time, logId: host.logId, x5t: by.x5t, root }
  return encodeCheckpointText(encodeCheckpoint(signTreeHead(head, by.leaf.signer)))
}

const otherRoot = sha256(Uint8Array.of(1))

describe('the checkpoint beside the SRV record (rule 29)', () => {
  it('is asked for where the host was found by DNS, and is nothing to speak of when all is well', async () => {
    const { askedTexts, server, activate, notes } = await found((host) => [textOf(host), 'v=spf1 -all'])
    expect(await activate()).toMatchObject({ outcome: 'activated' })
    expect(askedTexts).toEqual(['_volact'])
    expect(server.messages).toHaveLength(1)
    expect(notes()).toEqual([])
  })

  it('is continued by an honest host that has grown meanwhile', async () => {
    const { server, activate, notes } = await found((host) => {
      const entry = { index: host.tree.size, time: grantTime, x5t: host.x5t, notAfter: grantTime } as const
      host.append({ kind: 'certificate', ...entry })
      return [textOf(host)]
    })
    expect(await activate()).toMatchObject({ outcome: 'activated' })
    expect(server.messages).toHaveLength(2)
    expect(notes()).toEqual([])
  })

  it.each<[string, (host: TestHost) => string]>([
    ['older than what the client has', (host) => textOf(host, { size: 1, root: otherRoot })],
    ['signed by another host', (host) => textOf(host, { size: 99, root: otherRoot, by: vendor.host() })],
    ['of another ledger', () => textOf(vendor.host(), { size: 99 })],
    ['altered', (host) => textOf(host, { size: 99 }).replace(/.{8}$/, 'AAAAAAAA')],
    ['no document', () => 'v=volact1 checkpoint=AAAA'],
  ])('is ignored when it is %s', async (_, text) => {
    const { server, activate, notes } = await found((host) => [text(host)])
    expect(await activate()).toMatchObject({ outcome: 'activated' })
    expect(server.messages).toHaveLength(1)
    expect(notes()).toEqual([])
  })

  it('shows a fork by two signatures over one size, which takes no lease away', async () => {
    const { client, activate, notes } = await found((host) => [textOf(host, { root: otherRoot })])
    expect(await activate()).toMatchObject({ outcome: 'activated' })
    expect(notes()).toEqual(['LOG_FORKED'])
    expect(client.license().state).toBe('licensed')
  })

  it('is shown to a host with a smaller ledger, which continues it or not, at most once a day', async () => {
    const { client, clock, server, host, activate, notes } = await found((of) => [
      textOf(of, { size: 99, time: clock0 - 60, root: otherRoot }),
    ])
    const shown = (): readonly (number | undefined)[] =>
      server.requests.map(({ request: { checkpoint } }) => checkpoint && parseCheckpoint(checkpoint).size)
    expect(await activate()).toMatchObject({ outcome: 'activated' })
    expect(shown()).toEqual([undefined, 99])
    expect(notes()).toEqual(['HOST_ROLLED_BACK'])
    expect(client.license().state).toBe('licensed')
    clock.time += 86_399
    await activate()
    expect(shown()).toHaveLength(3)
    clock.time += 1
    await activate()
    expect(shown().at(-1)).toBe(99)
    expect(client.license().state).toBe('licensed')
    expect(host.tree.size).toBeGreaterThan(2)
  })

  it('tells nothing of a host that only gives no proof, when no two signatures contradict each other', async () => {
    const { host, clock, server, activate, notes } = await found((of) => [
      textOf(of, { size: 99, time: clock0 + 60, root: otherRoot }),
    ])
    const refuse = (message: Message): Reply => {
      const { request } = activation(message)
      const isShown = server.messages.length > 1
      return isShown
        ? { kind: 'refusal', code: 'HOST_ROLLED_BACK', text: 'no more' }
        : grantFor(host, request, clock.now())
    }
    server.reply = refuse
    expect(await activate()).toMatchObject({ outcome: 'activated' })
    expect(notes()).toEqual([])
  })

  it('leads nobody from the ledger that is known to a fork that continues it (rule 25)', async () => {
    const fork: TestHost[] = []
    const { host, clock, server, activate } = await found((of) => [textOf(forkOf(of, fork))])
    server.reply = (message) => {
      const { request, since } = activation(message)
      const [other] = fork
      const isOther = other !== undefined && openRequest(request).request.checkpoint !== undefined
      const granted = honest(isOther ? other : host, clock.now)(message)
      return since === undefined || granted.kind !== 'grant'
        ? granted
        : { ...granted, since: { from: since, path: [] } }
    }
    await activate()
    expect(server.messages).toHaveLength(2)
    server.reply = honest(host, clock.now)
    expect(await activate()).toMatchObject({ outcome: 'activated' })
    const { checkpoint } = server.requests.at(-1)?.request ?? {}
    expect(checkpoint && parseCheckpoint(checkpoint).size).toBe(3)
  })

  it('costs a short wait at most when DNS says nothing', async () => {
    const { activate } = await found(() => ['x'.repeat(4_000)])
    expect(await activate()).toMatchObject({ outcome: 'activated' })
  })
})

const clock0 = grantTime
