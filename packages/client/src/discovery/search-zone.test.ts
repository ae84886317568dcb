import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rounds } from '@volact/testkit/rounds'
import { codeOf } from '../client.fixture.ts'
import { DnsClient, type DnsLimits } from './dns-client.ts'
import { parseDnsServer } from './dns-server.ts'
import { answer, type DnsReply, record, srv, startDns } from './dns-server.fixture.ts'
import { searchZone, type ZoneFindings } from './search-zone.ts'

const limits: DnsLimits = { tryMilliseconds: 250, tries: 1, questionMilliseconds: 1_000, searchMilliseconds: 5_000 }
const following = { zones: ['corp.test'], pinned: false }

async function search(reply: DnsReply, follow = following): Promise<ZoneFindings> {
  const { address } = await startDns(reply)
  const dns = new DnsClient({ server: address, hasServers: true, limits })
  return searchZone(dns, 'corp.test', { vendors: ['example'] }, follow)
}

describe('a DNS server', () => {
  it.each<[string, string, DnsReply]>([
    ['says that there is no such name', 'DNS_NAME_MISSING', (question) => answer(question, 3)],
    ['has no record under the name', 'DNS_NO_RECORDS', (question) => answer(question, 0)],
    ['says that there is no host on purpose', 'DNS_NO_RECORDS', (question) => answer(question, 0, srv([], 0))],
    ['fails', 'DNS_SERVER_FAILED', (question) => answer(question, 2)],
    ['refuses', 'DNS_SERVER_FAILED', (question) => answer(question, 5)],
    ['does not answer', 'DNS_SERVER_FAILED', () => 'silence'],
    ['sends something else', 'DNS_SERVER_FAILED', () => Buffer.from('this is no DNS at all, is it?')],
    [
      'sends half an answer',
      'DNS_SERVER_FAILED',
      (question) => answer(question, 0, srv(['a', 'corp', 'test'])).subarray(0, -4),
    ],
    [
      'points to itself',
      'DNS_SERVER_FAILED',
      (question) => answer(question, 0, record(33, Buffer.of(0, 0, 0, 0, 6, 0x98, 0xc0, question.length + 18))),
    ],
    [
      'names a name that leads to itself',
      'DNS_NO_RECORDS',
      (question) => answer(question, 0, record(5, Buffer.of(0xc0, 12))),
    ],
    [
      'names a host with too long a name',
      'DNS_SERVER_FAILED',
      (question) => answer(question, 0, srv(Array<string>(5).fill('a'.repeat(63)))),
    ],
  ])('that %s is told: %s', async (_, code, reply) => {
    const { queries } = await search(reply)
    expect(queries.map((query) => query.code)).toEqual([code, code])
  })

  it('that does not answer is told from one that fails', async () => {
    expect((await search(() => 'silence')).silent).toBe(true)
    expect((await search((question) => answer(question, 2))).silent).toBe(false)
  })

  it('that is not there at all is told as such, and as not configured where there is none', async () => {
    const dns = new DnsClient({ server: '127.0.0.1:1', hasServers: true, limits })
    expect(await dns.srv('_volact._tcp.corp.test')).toMatchObject({ code: 'DNS_SERVER_FAILED', silent: true })
    expect(dns.servers).toBe('127.0.0.1:1')
    expect(new DnsClient({ hasServers: false }).servers).toBe('none')
  })

  it('that sends random bytes gets a coded answer each time, in bounded time', async () => {
    const { address } = await startDns((question) =>
      Buffer.concat([question.subarray(0, 2), randomBytes(1 + (question[1] ?? 0))]),
    )
    const dns = new DnsClient({ server: address, hasServers: true, limits })
    for (let i = 0; i < rounds(200); i++) {
      const answered = await dns.srv(`x${String(i)}.corp.test`)
      expect('found' in answered || answered.code.startsWith('DNS_')).toBe(true)
    }
  })

  it('that somebody named is asked for addresses too, of both kinds', async () => {
    const v6 = Buffer.from('20010db8000000000000000000000001', 'hex')
    const { address } = await startDns((question) => {
      const type = question.readUInt16BE(question.indexOf(0, 12) + 1)
      return answer(question, 0, type === 28 ? record(28, v6) : record(1, Buffer.of(192, 0, 2, 1)))
    })
    const dns = new DnsClient({ server: address, hasServers: true, limits })
    expect(await dns.addresses('host.corp.test')).toEqual({ found: ['2001:db8::1', '192.0.2.1'] })
    const system = new DnsClient({ hasServers: true, limits })
    expect(await system.addresses('localhost')).toMatchObject({
      found: expect.arrayContaining(['127.0.0.1']) as unknown,
    })
  })

  it('is not waited for once the signal aborts', async () => {
    const { address } = await startDns(() => 'silence')
    const controller = new AbortController()
    const dns = new DnsClient({ server: address, hasServers: true, signal: controller.signal })
    const asked = dns.srv('_volact._tcp.corp.test')
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await expect(dns.srv('_volact._tcp.corp.test')).rejects.toThrow('enough')
  })
})

describe('what DNS names', () => {
  it.each<[string, Buffer, string]>([
    ['with control characters', srv(['a\n\u0000b', 'corp', 'test']), 'it is no name of a host'],
    ['with a dot inside a label', srv(['a.b', 'corp', 'test']), 'it is no name of a host'],
    ['at port 0', srv(['a', 'corp', 'test'], 0), 'port 0 is none'],
    ['outside the zones that are searched (rule 51)', srv(['a', 'evil', 'test']), 'it lies outside corp.test'],
    ['in a zone that only ends alike (rule 51)', srv(['a', 'notcorp', 'test']), 'it lies outside corp.test'],
  ])('%s is ignored with the reason', async (_, one, reason) => {
    const { queries } = await search((question) => answer(question, 0, one, srv(['good', 'corp', 'test'])))
    const records = queries[0]?.records ?? []
    expect(records.map(({ ignored }) => ignored ?? 'followed')).toEqual([
      'followed',
      expect.stringContaining(reason) as string,
    ])
    expect(records[0]?.target).toBe('good.corp.test')
    expect(JSON.stringify(records)).not.toMatch(/[\u0000-\u001f]/)
  })

  it('is followed anywhere where every grant is checked for its customer (rule 51)', async () => {
    const { queries } = await search((question) => answer(question, 0, srv(['a', 'far', 'test'])), {
      ...following,
      pinned: true,
    })
    expect(queries[0]?.records).toEqual([{ target: 'a.far.test', port: 1688, priority: 0, weight: 0 }])
  })

  it('is followed into the domains that the administrator trusts', async () => {
    const follow = { zones: ['corp.test', 'partner.test'], pinned: false }
    const { queries } = await search((question) => answer(question, 0, srv(['a', 'PARTNER', 'test'])), follow)
    expect(queries[0]?.records[0]).toEqual({ target: 'a.partner.test', port: 1688, priority: 0, weight: 0 })
  })

  it('is sixteen hosts of many at most, and as many of the ignored are told (rule 51)', async () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      srv([`h${String(i)}`, i % 2 === 0 ? 'corp' : 'evil', 'test'], 1688, i),
    )
    const { queries } = await search((question) => answer(question, 0, ...many))
    const records = queries[0]?.records ?? []
    expect(records.filter(({ ignored }) => ignored === undefined)).toHaveLength(16)
    expect(records.filter(({ ignored }) => ignored !== undefined)).toHaveLength(16)
    expect(records[15]?.target).toBe('h30.corp.test')
  })
})

describe('the address of a DNS server', () => {
  it.each([
    ['192.0.2.53', '192.0.2.53:53'],
    ['192.0.2.53:5353', '192.0.2.53:5353'],
    ['2001:db8::53', '[2001:db8::53]:53'],
    ['[2001:db8::53]:5353', '[2001:db8::53]:5353'],
    ['[::1]', '[::1]:53'],
  ])('%s is %s', (text, written) => {
    expect(parseDnsServer(text)).toBe(written)
  })

  it.each(['', 'ns.corp.test', '1.2.3.4:0', '1.2.3.4:65536', '[1.2.3.4]:53', '1.2.3', '[::1', '::1:53:'])(
    '%j is none',
    async (text) => {
      expect(await codeOf(() => parseDnsServer(text))).toBe('USAGE')
    },
  )
})
