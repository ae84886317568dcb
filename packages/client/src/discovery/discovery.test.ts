import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from '@volact/core/bytes'
import { parseDetails } from '@volact/core/document/details'
import { grantTime } from '@volact/core/document/host.fixture'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { lockFolder } from '@volact/files/lock'
import {
  activation,
  catalog,
  codeOf,
  desktopId,
  hardware,
  honest,
  noNetwork,
  setupKey,
  TestClock,
  TestVendor,
} from '../client.fixture.ts'
import type { Client } from '../client.ts'
import { type ClientSurroundings, openClientWith, type PolicyOption } from '../open-client.ts'
import { parseRoot } from '@volact/core/x509/root'
import { startScripted } from '../setting.fixture.ts'
import { clientFiles } from '../folder/client-files.ts'
import { rememberLastGood } from '../hosts/change-hosts.ts'
import { answer, type DnsReply, record, srv, startDns } from './dns-server.fixture.ts'
import type { NetworkFacts } from './network-facts.ts'

const vendor = new TestVendor()

interface Opened {
  readonly client: Client
  readonly dir: string
  readonly clock: TestClock
}

/** A client with the key of the desktop product, in these surroundings. */
async function open(more: Partial<ClientSurroundings & PolicyOption> = {}): Promise<Opened> {
  const opened = await openWithoutKey(more)
  opened.client.installKey(setupKey)
  return opened
}

async function openWithoutKey(more: Partial<ClientSurroundings & PolicyOption>): Promise<Opened> {
  const [dir, clock] = [temporaryFolder(), new TestClock()]
  const client = await openClientWith(
    { dir, now: clock.now, monotonic: () => 0, probe: () => Promise.resolve(hardware), network: noNetwork, ...more },
    () => [{ catalog, roots: [parseRoot(vendor.root.der)], protection: 'program' }],
  )
  return { client, dir, clock }
}

function policy(text: string): Required<PolicyOption> {
  const path = join(temporaryFolder(), 'policy.toml')
  writeFileSync(path, text)
  return { policy: { kind: 'file', path, protection: 'none' } }
}

/** Answers SRV questions as is said, and every question for an address with that of the loopback. */
function serving(records: (name: string) => readonly Buffer[]): DnsReply {
  return (question) => {
    const type = question.readUInt16BE(question.indexOf(0, 12) + 1)
    if (type === 1) return answer(question, 0, record(1, Buffer.of(127, 0, 0, 1)))
    if (type !== 33) return answer(question, 0)
    const name = (decodeUtf8(question) ?? question.toString('latin1')).includes('_vendors') ? 'vendor' : 'zone'
    const found = records(name)
    return answer(question, found.length === 0 ? 3 : 0, ...found)
  }
}

function portOf(address: string): number {
  return Number(address.split(':')[1])
}

const corp = (host: string): readonly string[] => [host, 'corp', 'test']

describe('the order of discovery', () => {
  it('keeps to the last good host, and finds another when that does not answer', async () => {
    const grant = honest(vendor.host(), () => grantTime)
    const [one, two] = [await startScripted(grant), await startScripted(grant)]
    let port = portOf(one.address)
    const dns = await startDns(serving((name) => (name === 'zone' ? [srv(['localhost'], port)] : [])))
    // The operating system, which is asked for the addresses, knows one name everywhere.
    const network = { dhcp: [], searchList: [], hasServers: true, servers: [dns.address] }
    const { client, dir } = await open({ network: () => Promise.resolve(network) })
    client.setDomain('localhost')
    expect(await client.activate()).toMatchObject({ outcome: 'activated', passedOver: [] })
    const host = `localhost:${String(port)}`
    const kept = JSON.parse(readFileSync(join(dir, 'hosts.json'), 'utf8')) as unknown
    expect(kept).toMatchObject({ caching: true, lastGood: { [desktopId]: { host, zone: 'localhost' } } })
    expect(client.status()).toMatchObject({ foundHost: host, domain: 'localhost', domainSetBy: 'machine' })

    const asked = dns.asked.length
    await client.activate()
    expect(dns.asked).toHaveLength(asked)

    one.reply = () => ({ kind: 'refusal', code: 'HOST_NOT_ACTIVATED', text: 'not any more' })
    port = portOf(two.address)
    expect(await client.activate()).toMatchObject({
      ...{
        host: `localhost:${String(port)}`,
        passedOver: [{ host, code: 'HOST_NOT_ACTIVATED', message: 'not any more' }],
      },
    })
    expect(client.status().foundHost).toBe(`localhost:${String(port)}`)
  })

  it('remembers no host when caching is off, and none that was found under other settings', async () => {
    const server = await startScripted(honest(vendor.host(), () => grantTime))
    const dns = await startDns(serving((name) => (name === 'zone' ? [srv(corp('one'), portOf(server.address))] : [])))
    const { client } = await open()
    const search = { domain: 'corp.test', dns: dns.address }
    await client.activate(search)
    expect(client.status().foundHost).toBe(`one.corp.test:${String(portOf(server.address))}`)
    client.setDomain('else.test')
    expect(client.status().foundHost).toBeUndefined()
    client.setHostCaching(false)
    await client.activate(search)
    expect(client.hostSettings()).toMatchObject({ caching: false, lastGood: {} })
  })

  it('keeps the last good host only as long as the policy would lead there (rule 51)', async () => {
    const laid = policy('customer = "Example Customer"')
    const { client } = await open(laid)
    const lay = (text: string): void => {
      writeFileSync(laid.policy.path, text)
    }
    const server = await startScripted(honest(vendor.host(), () => grantTime))
    const far = ['one', 'far', 'test']
    let target: readonly string[] = far
    const dns = await startDns(serving((name) => (name === 'zone' ? [srv(target, portOf(server.address))] : [])))
    const search = { domain: 'corp.test', dns: dns.address }
    await client.activate(search)
    expect(client.status().foundHost).toBe(`one.far.test:${String(portOf(server.address))}`)
    lay('')
    expect(client.status().foundHost).toBeUndefined()
    lay('trusted-domains = ["far.test"]')
    expect(client.status().foundHost).toBe(`one.far.test:${String(portOf(server.address))}`)
    lay('')
    target = corp('one')
    await client.activate(search)
    expect(client.status().foundHost).toBe(`one.corp.test:${String(portOf(server.address))}`)
    lay('site = "prague"')
    expect(client.status().foundHost).toBeUndefined()
    await client.activate(search)
    expect(client.status().foundHost).toBe(`one.corp.test:${String(portOf(server.address))}`)
    lay('site = "brno"')
    expect(client.status().foundHost).toBeUndefined()
  })

  it('remembers no host while another program writes, which costs nothing', async () => {
    const { client, dir } = await open()
    const files = clientFiles(dir)
    const lock = lockFolder(dir)
    rememberLastGood({ files }, desktopId, { host: 'one.corp.test:1688', zone: 'corp.test' })
    lock.release()
    expect(client.hostSettings().lastGood).toEqual({})
    rememberLastGood({ files }, desktopId, { host: 'one.corp.test:1688', zone: 'corp.test' })
    expect(client.hostSettings().lastGood).toEqual({ [desktopId]: { host: 'one.corp.test:1688', zone: 'corp.test' } })
  })

  it('lists the last good host and DNS when all of it fails', async () => {
    const { client, clock } = await open()
    const server = await startScripted(honest(vendor.host(), clock.now))
    const dns = await startDns(serving((name) => (name === 'zone' ? [srv(corp('one'), portOf(server.address))] : [])))
    await client.activate({ domain: 'corp.test', dns: dns.address })
    server.reply = () => ({ kind: 'refusal', code: 'HOST_NOT_ACTIVATED', text: 'not activated' })
    const error: unknown = await client.activate().catch((reason: unknown) => reason)
    if (!(error instanceof ActivationError)) throw error
    expect(error.code).toBe('NO_HOST_ANSWERED')
    expect(error.attempts.map(({ target, code }) => [target, code])).toEqual([
      [`one.corp.test:${String(portOf(server.address))}`, 'HOST_UNREACHABLE'],
      ['DNS', 'DNS_NO_SUFFIX'],
    ])
  })

  it('begins with the directory, where there is one', async () => {
    const asked: object[] = []
    const { client } = await open({
      directory: (product) => {
        asked.push(product)
        return Promise.reject(new ActivationError('ROOT_UNKNOWN', 'the object is of another vendor'))
      },
    })
    const error: unknown = await client.activate().catch((reason: unknown) => reason)
    if (!(error instanceof ActivationError)) throw error
    expect(asked).toEqual([{ vendor: 'example', activationId: desktopId }])
    expect(error.code).toBe('DNS_NO_SUFFIX')
    client.setActivationType('directory')
    expect(await codeOf(() => client.activate())).toBe('ROOT_UNKNOWN')
    client.setActivationType('host')
    await codeOf(() => client.activate())
    expect(asked).toHaveLength(2)
  })

  it('says which ways are not there yet', async () => {
    const { client } = await open()
    for (const type of ['directory', 'token'] as const) {
      client.setActivationType(type)
      expect(await codeOf(() => client.activate())).toBe('NOT_CONNECTED_YET')
    }
    client.setActivationType('any', { product: 'desktop-1' })
    expect(await codeOf(() => client.activate())).toBe('DNS_NO_SUFFIX')
    // An attempt that found nobody to ask was one.
    expect(client.status()).toMatchObject({ lastAttempt: { outcome: 'unreachable', code: 'DNS_NO_SUFFIX' } })
  })

  it('goes on to the next zone, and tells of every one', async () => {
    const network: NetworkFacts = { primary: 'one.test', dhcp: [], searchList: ['corp.test'], hasServers: true }
    const { client, clock } = await open({ network: () => Promise.resolve(network) })
    const server = await startScripted(honest(vendor.host(), clock.now))
    const inCorp = (question: Buffer): boolean => question.includes('corp')
    const reply = serving(() => [srv(corp('one'), portOf(server.address))])
    const dns = await startDns((question) => (inCorp(question) ? reply(question) : answer(question, 3)))
    expect(await client.activate({ dns: dns.address })).toMatchObject({ outcome: 'activated' })
    const report = await client.discover(undefined, { dns: dns.address })
    expect(report).toMatchObject({
      zones: [
        { name: 'one.test', from: 'primary' },
        { name: 'corp.test', from: 'search-list' },
      ],
      hosts: [{ host: `one.corp.test:${String(portOf(server.address))}`, from: 'dns', addresses: ['127.0.0.1'] }],
    })
    expect(report.queries.map(({ zone, code }) => [zone, code])).toEqual([
      ['one.test', 'DNS_NAME_MISSING'],
      ['one.test', 'DNS_NAME_MISSING'],
      ['corp.test', undefined],
      ['corp.test', undefined],
    ])
  })
})

describe('the report of discovery', () => {
  it('has every step, and DNS also where a host is set', async () => {
    const { client } = await open(policy('site = "prague"'))
    const dns = await startDns(serving(() => [srv(corp('one'), 1700)]))
    client.setHost('[::1]:1690', { application: 'platform' })
    client.setHost('192.0.2.9')
    const report = await client.discover('desktop-1', { domain: 'corp.test', dns: dns.address })
    expect(report.steps.map(({ step, taken }) => [step, taken])).toEqual([
      ['directory', false],
      ['option', false],
      ...[
        ['policy', false],
        ['product', false],
        ['application', false],
        ['machine', false],
        ['last-good', false],
      ],
      ['dns', true],
    ])
    expect(report.queries).toHaveLength(4)
    const own = await client.discover('desktop-1', { dns: dns.address })
    expect(own.hosts).toEqual([{ host: '[::1]:1690', from: 'application', addresses: ['::1'] }])
    expect(own.problem).toBeUndefined()
  })

  it('has sixteen hosts at most, as many as would be asked, however many zones DNS fills (rule 51)', async () => {
    const zones = ['one.test', 'two.test', 'three.test']
    const network: NetworkFacts = { dhcp: [], searchList: zones, hasServers: true }
    const { client } = await open({ network: () => Promise.resolve(network) })
    let host = 0
    const dns = await startDns(
      serving(() => Array.from({ length: 16 }, () => srv([`h${String((host += 1))}`, 'two', 'test']))),
    )
    const report = await client.discover(undefined, { dns: dns.address })
    expect(report.queries.flatMap(({ records }) => records).length).toBeGreaterThan(16)
    expect(report.hosts).toHaveLength(16)
  })

  it('is of all vendors where no product is installed', async () => {
    const { client } = await openWithoutKey({})
    const dns = await startDns(serving(() => []))
    const report = await client.discover(undefined, { domain: 'corp.test', dns: dns.address })
    expect(report.queries.map(({ name }) => name)).toEqual([
      '_volact._tcp.example._vendors.corp.test',
      '_volact._tcp.corp.test',
    ])
    expect(report).toMatchObject({ hosts: [], problem: { code: 'DNS_NAME_MISSING' } })
    expect(report.product).toBeUndefined()
  })

  it('has the problem where there is no host', async () => {
    const { client } = await open(policy('nonsense'))
    const report = await client.discover()
    expect(report.problem).toMatchObject({ code: 'POLICY_INVALID' })
    expect(report.steps.find(({ step }) => step === 'policy')?.text).toContain('line 1')
    expect(await codeOf(() => client.discover('server-2'))).toBe('NO_PRODUCT_KEY')
    expect(await codeOf(() => client.discover(undefined, { dns: 'nonsense' }))).toBe('USAGE')
  })
})

describe('what is set about hosts', () => {
  it('is kept by scope, and a scope that nobody knows is refused', async () => {
    const { client } = await open()
    expect(client.setHost('Host.Test', { product: 'desktop-1' })).toBe('host.test:1688')
    expect(client.setDomain('Corp.Test.')).toBe('corp.test')
    client.setActivationType('host', { product: desktopId })
    expect(client.hostSettings()).toMatchObject({
      machine: { domain: 'corp.test' },
      products: { [desktopId]: { host: 'host.test:1688', activationType: 'host' } },
    })
    client.clearHost({ product: 'desktop-1' })
    client.clearDomain()
    expect(client.hostSettings()).toMatchObject({ machine: {}, products: { [desktopId]: { activationType: 'host' } } })
    expect(await codeOf(() => client.setHost('a', { product: 'nonsense' }))).toBe('USAGE')
    expect(await codeOf(() => client.setHost('a', { application: 'nonsense' }))).toBe('USAGE')
    expect(await codeOf(() => client.setDomain('a b'))).toBe('USAGE')
  })

  it.each([
    ['zeros', '\0'.repeat(100)],
    ['another form', '{"caching":1}'],
    ['a host that is none', '{"machine":{"host":"a b"},"applications":{},"products":{},"caching":true,"lastGood":{}}'],
  ])('is looked past, with a note, when the file holds %s', async (_, text) => {
    const { client, dir } = await open()
    writeFileSync(join(dir, 'hosts.json'), text)
    expect(client.hostSettings().notes).toHaveLength(1)
    expect(client.status().notes.join()).toContain('hosts.json')
    expect(await codeOf(() => client.activate())).toBe('DNS_NO_SUFFIX')
  })
})

describe('the policy', () => {
  it('names hosts by product, application and machine, above all that is set', async () => {
    const { client } = await open(policy('host = "machine.test"\n[products.DESKTOP-1]\nhost = "product.test"\n'))
    client.setHost('mine.test', { product: 'desktop-1' })
    expect(client.status()).toMatchObject({
      host: 'product.test:1688',
      hostSetBy: 'policy',
      policy: { state: 'valid' },
    })
    expect(await codeOf(() => client.activate({ domain: 'corp.test' }))).toBe('POLICY_STANDS_ABOVE')
    expect(await codeOf(() => client.activate({ host: 'mine.test' }))).toBe('POLICY_STANDS_ABOVE')
  })

  it('lets no host be asked that is set or named here, where it names the domain to look in', async () => {
    const { client } = await open(policy('domain = "corp.test"'))
    const [set, published] = [await startScripted(() => 'silence'), await startScripted(() => 'silence')]
    published.reply = honest(vendor.host(), () => grantTime)
    const dns = await startDns(serving(() => [srv(corp('one'), portOf(published.address))]))
    client.setHost(set.address)
    client.setHost(set.address, { product: 'desktop-1' })
    expect(client.hostSettings().notes.join()).toContain('names a domain, which stands above')
    expect(client.status()).toMatchObject({ domain: 'corp.test', domainSetBy: 'policy' })
    expect(client.status().host).toBeUndefined()
    expect(await codeOf(() => client.activate({ host: set.address }))).toBe('POLICY_STANDS_ABOVE')
    expect(await client.activate({ dns: dns.address })).toMatchObject({ outcome: 'activated' })
    expect(set.messages).toHaveLength(0)
  })

  it('lets no host be asked where it lays down another way than hosts', async () => {
    for (const type of ['directory', 'token']) {
      const { client } = await open(policy(`activation-type = "${type}"`))
      const host = await startScripted(() => 'silence')
      expect(await codeOf(() => client.activate({ host: host.address }))).toBe('POLICY_STANDS_ABOVE')
      expect(host.messages).toHaveLength(0)
    }
  })

  it('takes no running lease away when it pins the machine to another customer; only what is asked then is refused (rules 11, 25)', async () => {
    const laid = policy('')
    const { client, clock } = await open(laid)
    const server = await startScripted(honest(vendor.host(), clock.now))
    expect(await client.activate({ host: server.address })).toMatchObject({ customer: 'Example Customer' })
    writeFileSync(laid.policy.path, 'customer = "Somebody Else"')
    expect(await codeOf(() => client.activate({ host: server.address }))).toBe('CUSTOMER_MISMATCH')
    expect(client.status()).toMatchObject({ state: 'licensed', lastAttempt: { code: 'CUSTOMER_MISMATCH' } })
  })

  it('keeps the name of the machine and its addresses out of requests (rule 33)', async () => {
    for (const [text, said] of [
      ['', [hardware.hostname, hardware.addresses]],
      ['report-name = "never"', []],
    ] as const) {
      const { client, clock } = await open(policy(text))
      const server = await startScripted(honest(vendor.host(), clock.now))
      await client.activate({ host: server.address })
      const [message] = server.messages
      if (message === undefined) throw new Error('nothing was asked')
      const { name, addresses, system } = parseDetails(activation(message).details)
      expect([name, addresses].filter((one) => one !== undefined)).toEqual(said)
      expect(system).toBe(hardware.os)
    }
  })
})

describe('an activation that is aborted', () => {
  it('ends at once, whoever is waited for, and is no failed attempt', async () => {
    const { client } = await open()
    const host = await startScripted(() => 'silence')
    const dns = await startDns(() => 'silence')
    for (const search of [{ host: host.address }, { domain: 'corp.test', dns: dns.address }]) {
      const controller = new AbortController()
      const asked = client.activate({ ...search, signal: controller.signal })
      while (host.messages.length + dns.asked.length === 0) await new Promise(setImmediate)
      controller.abort(new Error('enough'))
      await expect(asked).rejects.toThrow('enough')
      host.messages.length = 0
    }
  })
})
