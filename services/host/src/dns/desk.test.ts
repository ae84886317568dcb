import { readFileSync, writeFileSync } from 'node:fs'
import { decodeUtf8 } from '@volact/core/bytes'
import { hours, minutes } from '@volact/core/time'
import { parseCheckpointText } from '@volact/core/wire/checkpoint-text'
import { changeOf } from '@volact/dns/text-record'
import { updateZone } from '@volact/dns/update'
import { type Bind, makeBindKey, startBind } from '@volact/testkit/bind'
import { startDnsRelay } from '@volact/testkit/dns-relay'
import { describe, expect, it } from 'vitest'
import { openDesk } from './desk.fixture.ts'

const ofVendor = '_volact._tcp.harbor._vendors.corp.test'
const ofAll = '_volact._tcp.corp.test'
const open = { statements: 'allow-update { 127.0.0.1; };' }

function zoneAt({ address }: { readonly address: string }, more: object = {}): object {
  return { zone: 'corp.test', server: address, ...more }
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}

function checkpointAt(bind: Bind, name = ofVendor): readonly (string | undefined)[] {
  return lines(bind.dig('TXT', name)).map((line) => {
    const bytes = parseCheckpointText(line.slice(1, -1).replaceAll('" "', ''))
    return bytes && decodeUtf8(bytes)
  })
}

describe('a host in DNS, with a real BIND', () => {
  it('is published under the names of its vendor and of all, with its checkpoint beside it, and its address if that is wanted (rule 29)', async () => {
    const bind = await startBind({ 'corp.test': open })
    const { desk, events } = openDesk([zoneAt(bind, { ttl: 600, priority: 5, weight: 7, addresses: true })])
    await desk.tick()
    for (const name of [ofVendor, ofAll]) expect(bind.dig('SRV', name)).toBe('5 7 1688 act1.corp.test.')
    expect(bind.dig('A', 'act1.corp.test')).toBe('10.1.2.3')
    expect(checkpointAt(bind)[0]).toMatch(/^a checkpoint of act1 at 100 /)
    expect(bind.dig('+noshort', '+noall', '+answer', 'SRV', ofAll)).toMatch(/\t600\tIN\tSRV/)
    expect(events).toEqual([{ id: 12294, vendor: '', fields: ['corp.test'] }])
    expect((await desk.answer({ act: 'status' })).zones).toMatchObject([
      { zone: 'corp.test', state: 'published', lastSuccess: 1_800_000_000, next: 1_800_000_000 + hours(24) },
    ])
  })

  it('is published for its site in the same shape, and in several zones, each with its own key', async () => {
    const [first, second] = [makeBindKey('first'), makeBindKey('second', 'hmac-sha512')]
    const policy = (key: string, zone: string): string => `update-policy { grant ${key} subdomain ${zone}. SRV TXT; };`
    const zones = {
      'corp.test': { statements: policy('first', 'corp.test') },
      'lab.test': { statements: policy('second', 'lab.test') },
    }
    const bind = await startBind(zones, [first, second])
    const { desk, world } = openDesk([
      zoneAt(bind, { site: 'berlin', keyFile: first.file }),
      { ...zoneAt(bind, { keyFile: second.file, name: 'act1.corp.test' }), zone: 'lab.test' },
    ])
    // The key's signature holds for the time of this machine only.
    world.now = Math.floor(Date.now() / 1_000)
    await desk.tick()
    for (const name of ['berlin._sites.corp.test', 'lab.test']) {
      expect(bind.dig('SRV', `_volact._tcp.${name}`)).toBe('0 0 1688 act1.corp.test.')
      expect(bind.dig('SRV', `_volact._tcp.harbor._vendors.${name}`)).toBe('0 0 1688 act1.corp.test.')
    }
    expect(bind.dig('SRV', ofAll)).toBe('')
  })

  it('stands beside other hosts, and takes away only its own records', async () => {
    const bind = await startBind({ 'corp.test': open })
    const [one, two] = ['act1', 'act2'].map((name) => openDesk([zoneAt(bind)], { name }))
    await one?.desk.tick()
    await two?.desk.tick()
    expect(lines(bind.dig('SRV', ofAll))).toEqual(['0 0 1688 act1.corp.test.', '0 0 1688 act2.corp.test.'])
    expect(checkpointAt(bind)).toHaveLength(2)
    await one?.desk.answer({ act: 'withdraw' })
    expect(bind.dig('SRV', ofAll)).toBe('0 0 1688 act2.corp.test.')
    expect(checkpointAt(bind)).toEqual([expect.stringMatching(/act2/)])
    await one?.desk.tick()
    expect(bind.dig('SRV', ofAll)).toBe('0 0 1688 act2.corp.test.')
    await one?.desk.answer({ act: 'publish', zone: { zone: 'corp.test' } })
    expect(lines(bind.dig('SRV', ofAll))).toHaveLength(2)
  })

  it('comes back within a day when somebody has removed it, and replaces what it said before', async () => {
    const bind = await startBind({ 'corp.test': open })
    const test = openDesk([zoneAt(bind)])
    await test.desk.tick()
    const gone = changeOf('delete', { name: ofAll, type: 'SRV', ttl: 0, text: '0 0 1688 act1.corp.test' })
    const server = { address: '127.0.0.1', port: bind.port }
    await updateZone('corp.test', [gone], { server, now: () => 0 })
    test.world.now += hours(24) - 1
    await test.desk.tick()
    expect(bind.dig('SRV', ofAll)).toBe('')
    test.world.now += 1
    await test.desk.tick()
    expect(bind.dig('SRV', ofAll)).toBe('0 0 1688 act1.corp.test.')
    test.world.port = 1_689
    await test.desk.close()
    await test.reopen().desk.tick()
    expect(bind.dig('SRV', ofAll)).toBe('0 0 1689 act1.corp.test.')
    expect(bind.dig('SRV', ofVendor)).toBe('0 0 1689 act1.corp.test.')
  })

  it('leaves nothing behind that it has sent without learning what became of it', async () => {
    const bind = await startBind({ 'corp.test': open })
    let isLost = true
    // Only answers to updates are lost: opcode 5 in the third byte.
    const port = await startDnsRelay(bind.port, (answer) =>
      isLost && (Number(answer[2]) & 0x78) === 5 << 3 ? undefined : answer,
    )
    const test = openDesk([zoneAt({ address: `127.0.0.1:${String(port)}` })])
    await test.desk.tick()
    expect(test.events).toMatchObject([{ id: 12293, fields: ['DNS_SERVER_SILENT', 'corp.test'] }])
    expect(bind.dig('SRV', ofAll)).toBe('0 0 1688 act1.corp.test.')
    isLost = false
    test.world.port = 1_700
    test.world.now += minutes(1)
    await test.reopen().desk.tick()
    expect(bind.dig('SRV', ofAll)).toBe('0 0 1700 act1.corp.test.')
    expect(bind.dig('SRV', ofVendor)).toBe('0 0 1700 act1.corp.test.')
  })

  it('remembers no more than two checkpoints of a zone whose server is silent for weeks', async () => {
    const bind = await startBind({ 'corp.test': open })
    let isLost = false
    const port = await startDnsRelay(bind.port, (answer) =>
      isLost && (Number(answer[2]) & 0x78) === 5 << 3 ? undefined : answer,
    )
    const times = { udp: 100, udpTries: 1, tcp: 100 }
    const { desk, world, path } = openDesk([zoneAt({ address: `127.0.0.1:${String(port)}` })], { times })
    await desk.tick()
    isLost = true
    for (let hour = 0; hour < 4; hour += 1) {
      world.now += hours(24)
      world.size += 1
      await desk.tick()
    }
    expect(readFileSync(path, 'utf8').match(/"type":"TXT"/g)?.length).toBeLessThanOrEqual(2)
    isLost = false
    world.now += hours(24)
    await desk.tick()
    await desk.tick()
    expect(checkpointAt(bind)).toEqual([expect.stringMatching(/at 104 /)])
  })

  it('shows a new checkpoint when its ledger has grown, but not too often, and none when it is to be hidden (rule 29)', async () => {
    const bind = await startBind({ 'corp.test': open })
    const test = openDesk([zoneAt(bind)], { more: { checkpointMinutes: 30 } })
    await test.desk.tick()
    test.world.size = 200
    test.world.now += minutes(29)
    await test.desk.tick()
    expect(checkpointAt(bind)).toEqual([expect.stringMatching(/at 100 /)])
    test.world.now += minutes(1)
    await test.desk.tick()
    expect(checkpointAt(bind)).toEqual([expect.stringMatching(/at 200 /)])
    const hidden = openDesk([zoneAt(bind)], { more: { checkpoint: false }, path: test.path, world: test.world })
    await hidden.desk.tick()
    expect(bind.dig('TXT', ofVendor)).toBe('')
    expect(bind.dig('SRV', ofVendor)).toBe('0 0 1688 act1.corp.test.')
    await hidden.desk.tick()
    expect(hidden.events).toHaveLength(1)
  })

  it('shows the host every checkpoint that stands beside it when it starts (rules 26, 29)', async () => {
    const bind = await startBind({ 'corp.test': open })
    const other = openDesk([zoneAt(bind)], { name: 'act2' })
    await other.desk.tick()
    const test = openDesk([zoneAt(bind)])
    test.desk.start()
    await test.desk.answer({ act: 'status' })
    await test.desk.close()
    expect(test.shown.map(decodeUtf8)).toEqual([expect.stringMatching(/^a checkpoint of act2 at 100/)])
  })

  it('goes where an alias leads', async () => {
    const alias = `${ofAll}. CNAME host.dyn.test.\n`
    const bind = await startBind({ 'corp.test': alias, 'dyn.test': open })
    const { desk } = openDesk([zoneAt(bind)])
    // The vendor's own name lies in the zone that takes no changes.
    await desk.tick()
    expect(bind.dig('SRV', 'host.dyn.test')).toBe('0 0 1688 act1.corp.test.')
    expect((await desk.answer({ act: 'status' })).zones).toMatchObject([
      { state: 'failing', failure: { code: 'DNS_UPDATE_REFUSED' } },
    ])
  })

  it('neither keeps nor removes an address that somebody else has written', async () => {
    const bind = await startBind({ 'corp.test': { ...open, records: 'act1 A 10.1.2.3\nact1 A 10.9.9.9' } })
    const test = openDesk([zoneAt(bind, { addresses: true })])
    test.world.addresses = ['10.1.2.3', '10.1.2.4']
    await test.desk.tick()
    expect(lines(bind.dig('A', 'act1.corp.test'))).toEqual(['10.1.2.3', '10.1.2.4', '10.9.9.9'])
    await test.desk.tick()
    expect(test.events).toHaveLength(1)
    await test.desk.answer({ act: 'withdraw', zone: 'corp.test' })
    expect(lines(bind.dig('A', 'act1.corp.test'))).toEqual(['10.1.2.3', '10.9.9.9'])
  })
})

describe('a host that cannot be published', () => {
  it('tries again with growing pauses, notes the cause once, and says when all is well again', async () => {
    const bind = await startBind({ 'corp.test': open })
    let isDown = true
    const port = await startDnsRelay(bind.port, (answer) => (isDown ? Buffer.from('no') : answer))
    const test = openDesk([zoneAt({ address: `127.0.0.1:${String(port)}` })])
    const tries: number[] = []
    for (let minute = 0; minute <= 40; minute++, test.world.now += 60) {
      const before = test.events.length
      await test.desk.tick()
      if (test.events.length > before) tries.push(minute)
    }
    expect(tries).toEqual([0, 1, 3, 7, 15, 31])
    expect(test.notes).toHaveLength(1)
    const { zones } = await test.desk.answer({ act: 'status' })
    expect(zones).toMatchObject([{ state: 'failing', failure: { code: 'DNS_SERVER_FAILED', times: 6 } }])
    expect(test.desk.figures()).toEqual({ zones: 1, failing: 1, lastSuccess: 0 })
    isDown = false
    test.world.now += hours(1)
    await test.desk.tick()
    expect(test.notes.at(-1)).toBe('DNS: corp.test is as it should be again')
    expect(test.desk.figures()).toMatchObject({ failing: 0 })
  })

  it('does not take for its own what the server has refused', async () => {
    const key = makeBindKey('act1')
    const statements = 'update-policy { grant act1 subdomain corp.test. SRV TXT; };'
    const bind = await startBind({ 'corp.test': { statements } }, [key])
    const test = openDesk([])
    test.world.now = Math.floor(Date.now() / 1_000)
    const zone = zoneAt(bind, { keyFile: key.file })
    await test.desk.answer({ act: 'publish', zone })
    const failed = test.desk.answer({ act: 'publish', zone: { ...zone, addresses: true } })
    await expect(failed).rejects.toMatchObject({ code: 'DNS_UPDATE_REFUSED' })
    await test.desk.answer({ act: 'withdraw' })
    expect(bind.dig('SRV', ofAll)).toBe('')
  })

  it('says in plain words what a command cannot do', async () => {
    const bind = await startBind({ 'corp.test': '' })
    const test = openDesk([zoneAt(bind), zoneAt(bind, { site: 'berlin' })])
    const publish = (zone?: object): Promise<unknown> =>
      test.desk.answer({ act: 'publish', ...(zone !== undefined && { zone }) })
    await expect(publish({ zone: 'corp.test', ttl: 5 })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(publish({ zone: 'corp.test' })).rejects.toMatchObject({ code: 'DNS_UPDATE_REFUSED', attempts: [] })
    await expect(publish()).rejects.toMatchObject({
      attempts: [{ target: 'corp.test' }, { target: 'berlin._sites.corp.test' }],
    })
    await expect(publish({ zone: 'other.test', server: bind.address })).rejects.toMatchObject({
      code: 'DNS_ZONE_MISSING',
    })
    await expect(test.desk.answer({ act: 'withdraw', zone: 'nothing.test' })).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('keeps nobody waiting who stops the host while a name server says nothing', async () => {
    const bind = await startBind({ 'corp.test': open })
    const port = await startDnsRelay(bind.port, () => undefined)
    const times = { udp: 3_600_000, udpTries: 1, tcp: 3_600_000 }
    const test = openDesk([zoneAt({ address: `127.0.0.1:${String(port)}` })], { times })
    test.desk.start()
    await test.desk.close()
    expect(test.events).toEqual([])
  })

  it('says when the name that it leads to has no address', async () => {
    const bind = await startBind({ 'corp.test': { ...open, records: 'act2 CNAME ns' } })
    const publish = async (more: object): Promise<readonly string[] | undefined> =>
      (await openDesk([]).desk.answer({ act: 'publish', zone: zoneAt(bind, more) })).warnings
    expect(await publish({})).toEqual([expect.stringMatching(/^act1\.corp\.test has no address in DNS/)])
    expect(await publish({ addresses: ['10.0.0.1'] })).toEqual([])
    expect(await publish({ name: 'act2.corp.test' })).toEqual([])
    expect(await publish({ name: 'act3.elsewhere.test' })).toEqual([])
  })

  it('stays off when it is to', async () => {
    const bind = await startBind({ 'corp.test': open })
    const { desk } = openDesk([zoneAt(bind)], { more: { enabled: false } })
    await desk.tick()
    expect(bind.dig('SRV', ofAll)).toBe('')
    expect((await desk.answer({ act: 'status' })).zones).toMatchObject([{ state: 'off', records: [] }])
  })

  it('keeps what a command has named, and says of a zone that was taken out of the configuration that records are left', async () => {
    const bind = await startBind({ 'corp.test': open, 'lab.test': open })
    const test = openDesk([zoneAt(bind)])
    await test.desk.answer({ act: 'publish', zone: { zone: 'lab.test', server: bind.address, priority: 9 } })
    await test.desk.tick()
    const after = openDesk([], { path: test.path, world: test.world })
    expect((await after.desk.answer({ act: 'status' })).zones).toMatchObject([
      { zone: 'lab.test', state: 'published' },
      { zone: 'corp.test', state: 'left' },
    ])
    await after.desk.answer({ act: 'withdraw' })
    expect([bind.dig('SRV', ofAll), bind.dig('SRV', '_volact._tcp.lab.test')]).toEqual(['', ''])
  })

  it('starts with a damaged memory, which it sets aside', async () => {
    const bind = await startBind({ 'corp.test': open })
    const test = openDesk([zoneAt(bind)])
    await test.desk.tick()
    writeFileSync(test.path, '{"format":1,"zones":{"corp.test":{}}}')
    const again = test.reopen()
    expect(again.notes).toEqual([expect.stringMatching(/damaged/)])
    expect(readFileSync(`${test.path}.damaged`, 'utf8')).toMatch(/corp/)
    await again.desk.tick()
    expect(again.events).toMatchObject([{ id: 12294 }])
  })
})
