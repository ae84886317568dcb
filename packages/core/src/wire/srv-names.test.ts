import { describe, expect, it } from 'vitest'
import { srvNames } from './srv-names.ts'

describe('the names to ask for hosts', () => {
  it('are the vendor’s own and then that of all vendors, and never Microsoft’s', () => {
    expect(srvNames({ zone: 'corp.test', vendor: 'example' })).toEqual([
      '_volact._tcp.example._vendors.corp.test',
      '_volact._tcp.corp.test',
    ])
  })

  it('begin with the same two of the site', () => {
    expect(srvNames({ zone: 'corp.test', vendor: 'example', site: 'prague' })).toEqual([
      '_volact._tcp.example._vendors.prague._sites.corp.test',
      '_volact._tcp.prague._sites.corp.test',
      '_volact._tcp.example._vendors.corp.test',
      '_volact._tcp.corp.test',
    ])
  })
})
