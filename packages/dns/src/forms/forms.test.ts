import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeBindKey, startBind } from '@volact/testkit/bind'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import type { TextRecord } from '../text-record.ts'
import { type FormName, forms } from './form.ts'

const zone = 'corp.test'
const records: readonly TextRecord[] = [
  { name: '_volact._tcp.harbor._vendors.corp.test', type: 'SRV', ttl: 3_600, text: '0 5 1688 act1.corp.test' },
  { name: '_volact._tcp.corp.test', type: 'SRV', ttl: 3_600, text: '0 5 1688 act1.corp.test' },
  { name: 'act1.corp.test', type: 'A', ttl: 90_061, text: '10.1.2.3' },
  { name: 'act1.corp.test', type: 'AAAA', ttl: 3_600, text: '2001:db8::7' },
]

function shown(form: FormName): string {
  return forms[form]({ zone, records })
}

describe('records for somebody who types them by hand', () => {
  it('are lines of a zone file that named-checkzone takes', () => {
    const file = join(temporaryFolder(), 'zone')
    const head = '$TTL 60\n@ IN SOA ns admin ( 1 3600 600 86400 60 )\n@ IN NS ns\nns IN A 127.0.0.1\n'
    writeFileSync(file, `${head}${shown('zone')}\n`)
    const done = spawnSync('/usr/bin/named-checkzone', ['-D', zone, file], { encoding: 'utf8' })
    expect(done).toMatchObject({ status: 0 })
    expect(done.stdout).toMatch(
      /_volact\._tcp\.harbor\._vendors\.corp\.test\.\s+3600 IN SRV\s+0 5 1688 act1\.corp\.test\./,
    )
    expect(done.stdout).toMatch(/act1\.corp\.test\.\s+3600 IN AAAA\s+2001:db8::7/)
  })

  it('are commands for nsupdate, which BIND takes', async () => {
    const key = makeBindKey('host1')
    const bind = await startBind({ [zone]: { statements: 'allow-update { key host1; };' } }, [key])
    const server = { address: '127.0.0.1', port: bind.port }
    const input = `${forms['bind-nsupdate']({ zone, records, server })}\n`
    const done = spawnSync('/usr/bin/nsupdate', ['-k', key.file], { input, encoding: 'utf8' })
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(bind.dig('SRV', '_volact._tcp.corp.test')).toBe('0 5 1688 act1.corp.test.')
    expect(bind.dig('A', 'act1.corp.test')).toBe('10.1.2.3')
  })

  it('are commands of PowerShell, one record each', () => {
    expect(shown('powershell').split('\n')).toEqual([
      "Add-DnsServerResourceRecord -ZoneName 'corp.test' -Name '_volact._tcp.harbor._vendors' -Srv -DomainName 'act1.corp.test' -Priority 0 -Weight 5 -Port 1688 -TimeToLive 0.01:00:00",
      "Add-DnsServerResourceRecord -ZoneName 'corp.test' -Name '_volact._tcp' -Srv -DomainName 'act1.corp.test' -Priority 0 -Weight 5 -Port 1688 -TimeToLive 0.01:00:00",
      "Add-DnsServerResourceRecord -ZoneName 'corp.test' -Name 'act1' -A -IPv4Address '10.1.2.3' -TimeToLive 1.01:01:01",
      "Add-DnsServerResourceRecord -ZoneName 'corp.test' -Name 'act1' -AAAA -IPv6Address '2001:db8::7' -TimeToLive 0.01:00:00",
    ])
  })

  it('are a change batch of Route 53 that never takes another host away', () => {
    const { Changes: changes } = JSON.parse(shown('route53')) as { readonly Changes: readonly object[] }
    expect(changes).toHaveLength(4)
    expect(changes[0]).toEqual({
      Action: 'CREATE',
      ResourceRecordSet: {
        ...{ Name: '_volact._tcp.harbor._vendors.corp.test.', Type: 'SRV', TTL: 3_600 },
        ResourceRecords: [{ Value: '0 5 1688 act1.corp.test.' }],
      },
    })
  })

  it('are commands for Azure, whose sets get their TTL afterwards', () => {
    const lines = shown('azure').split('\n')
    expect(lines[1]).toBe(
      `az network dns record-set srv add-record --resource-group "$RESOURCE_GROUP" --zone-name corp.test --record-set-name '_volact._tcp' --priority 0 --weight 5 --port 1688 --target act1.corp.test`,
    )
    expect(lines.at(-1)).toBe(
      `az network dns record-set aaaa update --resource-group "$RESOURCE_GROUP" --zone-name corp.test --name 'act1' --set ttl=3600`,
    )
  })

  it('are calls for Cloudflare, in words that a shell takes apart rightly', () => {
    const script = shown('cloudflare').replaceAll('curl', 'printf "%s\\n"')
    const done = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: { ZONE_ID: 'z', API_TOKEN: 't' } })
    expect(done.status).toBe(0)
    expect(done.stdout.split('\n')[9]).toBe(
      '{"type":"SRV","name":"_volact._tcp.harbor._vendors.corp.test","ttl":3600,"data":{"priority":0,"weight":5,"port":1688,"target":"act1.corp.test"}}',
    )
  })
})
