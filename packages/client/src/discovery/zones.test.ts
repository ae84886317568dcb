import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { systemFiles } from '../hardware/system-files.ts'
import { linuxNetwork } from './linux-network.ts'
import { macosNetwork } from './macos-network.ts'
import { windowsNetwork } from './windows-network.ts'
import { mostZones, zonesOf } from './zones.ts'

function linux(hostname: string, files: Readonly<Record<string, string>>): ReturnType<typeof linuxNetwork> {
  const root = temporaryFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return linuxNetwork(systemFiles(root), hostname)
}

describe('the domains of a Linux machine', () => {
  it('begin with that of its own full name', () => {
    expect(linux('pc-1.corp.test', {}).primary).toBe('corp.test')
    expect(linux('pc-1', { 'etc/hosts': '127.0.0.1 localhost\n127.0.1.1 pc-1.corp.test pc-1 # me\n' }).primary).toBe(
      'corp.test',
    )
    expect(linux('pc-1', { 'etc/resolv.conf': 'domain corp.test\nnameserver 192.0.2.53\n' }).primary).toBe('corp.test')
    expect(linux('pc-1', {}).primary).toBeUndefined()
  })

  it('are those of its networks, as any of their services has written them', () => {
    const { dhcp } = linux('pc-1', {
      'run/systemd/netif/leases/2': 'ADDRESS=192.0.2.7\nDOMAINNAME=networkd.test\n',
      'var/lib/NetworkManager/internal-1-eth0.lease': 'DOMAINNAME=manager.test\n',
      'var/lib/dhcp/dhclient.eth0.leases':
        'lease {\n  option domain-name "old.test";\n}\nlease {\n  option domain-name "new.test";\n}\n',
    })
    expect(dhcp).toEqual(['networkd.test', 'manager.test', 'new.test'])
  })

  it('are the search list, of which the last line holds', () => {
    const { searchList, hasServers } = linux('pc-1', {
      'etc/resolv.conf': '# by hand\nsearch a.test\nsearch b.test c.test\n;nameserver 192.0.2.1\n',
    })
    expect(searchList).toEqual(['b.test', 'c.test'])
    expect(hasServers).toBe(false)
    expect(linux('pc-1', { 'etc/resolv.conf': 'nameserver 192.0.2.1\n' }).hasServers).toBe(true)
  })
})

describe('the domains of other systems', () => {
  it('are in the registry of Windows', () => {
    const printed = String.raw`
HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters
    Domain    REG_SZ    corp.test
    SearchList    REG_SZ    a.test,b.test
    Hostname    REG_SZ    PC-1

HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces\{1}
    DhcpDomain    REG_SZ    dhcp.test
    DhcpNameServer    REG_SZ    192.0.2.53
    NameServer    REG_SZ    
`
    const found = { primary: 'corp.test', dhcp: ['dhcp.test'], searchList: ['a.test', 'b.test'], hasServers: true }
    expect(windowsNetwork(printed.replaceAll('\n', '\r\n'), 'PC-1')).toEqual(found)
    expect(windowsNetwork('', 'PC-1')).toEqual({ dhcp: [], searchList: [], hasServers: false })
  })

  it('are printed by scutil on a Mac', () => {
    const printed =
      'resolver #1\n  search domain[0] : corp.test\n  search domain[1] : b.test\n  nameserver[0] : 192.0.2.53\n'
    const found = { dhcp: ['dhcp.test'], searchList: ['corp.test', 'b.test'], hasServers: true }
    expect(macosNetwork(printed, 'dhcp.test\n', 'mac')).toEqual(found)
    expect(macosNetwork('', '', 'mac.corp.test')).toEqual({
      primary: 'corp.test',
      dhcp: [],
      searchList: [],
      hasServers: false,
    })
  })
})

describe('the zones to search', () => {
  it('are the own domain, those of the networks and the search list, each once, in one spelling', () => {
    const zones = zonesOf({
      primary: 'Corp.Test.',
      dhcp: ['dhcp.test', 'corp.test'],
      searchList: ['dhcp.test', 'bücher.test'],
      hasServers: true,
    })
    expect(zones).toEqual([
      { name: 'corp.test', from: 'primary' },
      { name: 'dhcp.test', from: 'dhcp' },
      { name: 'xn--bcher-kva.test', from: 'search-list' },
    ])
  })

  it('are no single labels and nothing that is no name, each with the reason', () => {
    const zones = zonesOf({
      primary: 'lan',
      dhcp: ['a..b', '.', ''],
      searchList: ['a b.test', `${'a'.repeat(64)}.test`],
      hasServers: true,
    })
    expect(zones.map(({ name, ignored }) => [name.slice(0, 7), ignored])).toEqual([
      ['lan', expect.stringContaining('single label')],
      ['a..b', 'it is no name of a domain'],
      ['a b.tes', 'it is no name of a domain'],
      ['aaaaaaa', 'it is no name of a domain'],
    ])
  })

  it('are eight at most', () => {
    const searchList = Array.from({ length: 20 }, (_, i) => `z${String(i)}.test`)
    const zones = zonesOf({ dhcp: [], searchList, hasServers: true })
    expect(zones.filter(({ ignored }) => ignored === undefined)).toHaveLength(mostZones)
    expect(zones).toHaveLength(20)
  })
})
