import { describe, expect, it } from 'vitest'
import { noDns, parseDnsSettings } from './settings.ts'

describe('the settings of DNS', () => {
  it('publish nothing where nothing is said', () => {
    expect(parseDnsSettings(undefined)).toEqual(noDns)
    expect(noDns).toMatchObject({ enabled: true, checkpoint: true, zones: [] })
  })

  it('are brought into one form', () => {
    const zone = { zone: 'Corp.Test.', server: '192.0.2.1', site: 'Berlin', name: 'ACT1.corp.test', addresses: true }
    expect(parseDnsSettings({ zones: [zone, {}] }).zones).toEqual([
      {
        ...{ zone: 'corp.test', server: '192.0.2.1:53', site: 'berlin', name: 'act1.corp.test', addresses: 'own' },
        ...{ ttl: 3_600, priority: 0, weight: 0 },
      },
      { ttl: 3_600, priority: 0, weight: 0, addresses: 'none' },
    ])
  })

  it.each([
    [[], 'dns must be a table'],
    [{ enabled: 'yes' }, 'dns.enabled must be true or false'],
    [{ zones: {} }, 'dns.zones must be a list'],
    [{ servers: [] }, 'dns.servers is not known here'],
    [{ zones: [{}, { ttl: 0 }] }, 'dns.zones[1].ttl must be a whole number from 1 to 604800'],
    [{ zones: [{ priority: 65_536 }] }, 'dns.zones[0].priority must be a whole number'],
    [{ zones: [{ site: 'a.b' }] }, 'dns.zones[0].site must be one label'],
    [{ zones: [{ zone: 'a b' }] }, 'dns.zones[0].zone must be a domain'],
    [{ zones: [{ name: 'act1' }] }, 'dns.zones[0].name must be a full name'],
    [{ zones: [{ addresses: ['here'] }] }, 'dns.zones[0].addresses must be true, false, or a list'],
    [{ zones: [{ server: 'ns.corp.test' }] }, 'no address of a DNS server'],
  ])('name the first value that is wrong: %j', (value, problem) => {
    expect(() => parseDnsSettings(value)).toThrow(problem)
  })
})
