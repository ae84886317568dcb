import { startBind } from '@volact/testkit/bind'
import { startDnsRelay } from '@volact/testkit/dns-relay'
import { describe, expect, it } from 'vitest'
import type { DnsServer } from './dns-server.ts'
import { locate, type LocateOptions, lookUp } from './locate.ts'
import { types } from './record.ts'

const times = { udp: 150, udpTries: 1, tcp: 150 }

function at(port: number): LocateOptions & { readonly server: DnsServer } {
  return { server: { address: '127.0.0.1', port }, resolvers: [], now: () => 0, times }
}

describe('locate, with a real BIND', () => {
  it('finds the zone of a name, whether the name is there or not, and the server that is named', async () => {
    const bind = await startBind({ 'corp.test': 'act1 A 10.0.0.1', 'lab.corp.test': '' })
    const options = at(bind.port)
    const found = async (name: string): Promise<string> => (await locate(name, options)).zone
    expect(await found('act1.corp.test')).toBe('corp.test')
    expect(await found('_volact._tcp.corp.test')).toBe('corp.test')
    expect(await found('_volact._tcp.lab.corp.test')).toBe('lab.corp.test')
    expect(await found('corp.test')).toBe('corp.test')
    expect(await locate('act1.corp.test', options)).toMatchObject({ server: options.server })
    expect(await lookUp('act1.corp.test', types.A, options)).toEqual([Uint8Array.of(10, 0, 0, 1)])
  })

  it('follows aliases into another zone, and gives up on those that go in a circle', async () => {
    const aliases = '_volact._tcp CNAME one\none CNAME two.dyn.test.\na CNAME b\nb CNAME a'
    const bind = await startBind({ 'corp.test': aliases, 'dyn.test': '' })
    expect(await locate('_volact._tcp.corp.test', at(bind.port))).toMatchObject({
      name: 'two.dyn.test',
      zone: 'dyn.test',
    })
    await expect(locate('a.corp.test', at(bind.port))).rejects.toMatchObject({ code: 'DNS_SERVER_FAILED' })
  })

  it('says that the server does not have the zone, or has given it to others', async () => {
    const bind = await startBind({ 'corp.test': 'sub NS ns.elsewhere.test.' })
    await expect(locate('x.other.test', at(bind.port))).rejects.toMatchObject({ code: 'DNS_ZONE_MISSING' })
    await expect(locate('x.sub.corp.test', at(bind.port))).rejects.toMatchObject({ code: 'DNS_NOT_AUTHORITATIVE' })
  })

  it('asks the next resolver where one says nothing, and says so where all do', async () => {
    const bind = await startBind({ 'corp.test': '' })
    const mute = await startDnsRelay(bind.port, () => undefined)
    const [silent, good] = [at(mute).server, at(bind.port).server]
    const options = { resolvers: [silent, good], now: () => 0, times }
    // The primary that the zone names listens on port 53 of the loopback, where it need not be.
    expect(await locate('x.corp.test', options)).toMatchObject({ server: { address: '127.0.0.1', port: 53 } })
    await expect(locate('x.corp.test', { ...options, resolvers: [silent] })).rejects.toMatchObject({
      code: 'DNS_SERVER_SILENT',
    })
    await expect(locate('x.corp.test', { ...options, resolvers: [] })).rejects.toMatchObject({
      code: 'DNS_NOT_CONFIGURED',
    })
  })
})
