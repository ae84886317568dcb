import { startBind, makeBindKey, type Bind, type BindKey } from '@volact/testkit/bind'
import { startDnsRelay } from '@volact/testkit/dns-relay'
import { describe, expect, it } from 'vitest'
import { addressData, srvData, txtData } from './data.ts'
import { readKeyFile } from './key-file.ts'
import { types } from './record.ts'
import { type Change, updateZone } from './update.ts'

const now = (): number => Math.floor(Date.now() / 1_000)
const times = { udp: 1_000, udpTries: 1, tcp: 1_000 }
const short = { udp: 200, udpTries: 1, tcp: 200 }
const name = '_volact._tcp.corp.test'
const mine = { name, type: types.SRV, ttl: 3_600, data: srv('act1.corp.test', 1688) }
const add: Change = { act: 'add', ...mine }

function srv(target: string, port: number): Uint8Array {
  return srvData({ priority: 0, weight: 0, port, target })
}

function serverOf({ port }: { readonly port: number }): { readonly address: string; readonly port: number } {
  return { address: '127.0.0.1', port }
}

async function bindWith(key: BindKey, policy = `grant ${key.name} subdomain corp.test. ANY;`): Promise<Bind> {
  return startBind({ 'corp.test': { statements: `update-policy { ${policy} };` } }, [key])
}

describe('updateZone, with a real BIND', () => {
  it.each(['hmac-sha256', 'hmac-sha384', 'hmac-sha512'])(
    'adds and deletes exactly one record, signed with %s',
    async (algorithm) => {
      const key = makeBindKey('host1', algorithm)
      const bind = await bindWith(key)
      const options = { server: serverOf(bind), key: readKeyFile(key.file), now, times }
      await updateZone('corp.test', [add, { ...add, data: srv('act2.corp.test', 1688) }], options)
      expect(bind.dig('SRV', name).split('\n').sort()).toEqual(['0 0 1688 act1.corp.test.', '0 0 1688 act2.corp.test.'])
      await updateZone('corp.test', [{ ...mine, act: 'delete' }], options)
      await updateZone('corp.test', [{ ...mine, act: 'delete' }], options)
      expect(bind.dig('SRV', name)).toBe('0 0 1688 act2.corp.test.')
    },
  )

  it('sends by TCP what is longer than a datagram may be', async () => {
    const key = makeBindKey('host1')
    const bind = await bindWith(key)
    const text = 'x'.repeat(700)
    const txt = { act: 'add', name, type: types.TXT, ttl: 60, data: txtData(text) } as const
    await updateZone('corp.test', [txt], { server: serverOf(bind), key: readKeyFile(key.file), now, times })
    expect(bind.dig('TXT', name).replaceAll(/[" ]/g, '')).toBe(text)
  })

  it('goes without a key where the zone lets it, and writes addresses', async () => {
    const bind = await startBind({ 'corp.test': { statements: 'allow-update { 127.0.0.1; };' } })
    const addresses = ['10.1.2.3', '2001:db8::1:0:0:7']
    const changes = addresses.map((address): Change => {
      const type = address.includes(':') ? types.AAAA : types.A
      return { act: 'add', name: 'act1.corp.test', type, ttl: 60, data: addressData(address) }
    })
    await updateZone('corp.test', changes, { server: serverOf(bind), now, times })
    expect([bind.dig('A', 'act1.corp.test'), bind.dig('AAAA', 'act1.corp.test')]).toEqual(addresses)
  })

  it('says that the server has another secret, does not know the key, or refuses', async () => {
    const key = makeBindKey('host1')
    const bind = await bindWith(key, `grant ${key.name} name other.corp.test. ANY;`)
    const server = serverOf(bind)
    const right = readKeyFile(key.file)
    const wrong = readKeyFile(makeBindKey('host1').file)
    const update = (using: typeof right, zone = 'corp.test', of = add): Promise<void> =>
      updateZone(zone, [of], { server, key: using, now, times })
    await expect(update(wrong)).rejects.toMatchObject({ code: 'DNS_KEY_WRONG' })
    await expect(update({ ...wrong, name: 'host2' })).rejects.toMatchObject({ code: 'DNS_KEY_UNKNOWN' })
    await expect(update(right)).rejects.toMatchObject({ code: 'DNS_UPDATE_REFUSED' })
    await expect(update(right, 'other.test', { ...add, name: 'a.other.test' })).rejects.toMatchObject({
      code: 'DNS_NOT_AUTHORITATIVE',
    })
    await expect(updateZone('corp.test', [add], { server, now, times })).rejects.toMatchObject({
      code: 'DNS_UPDATE_REFUSED',
    })
  })

  it.each([
    [3_600, 'behind'],
    [-3_600, 'ahead of'],
  ])('says that the clock differs, by how much and in which direction (%i s)', async (shift, direction) => {
    const key = makeBindKey('host1')
    const server = serverOf(await bindWith(key))
    const shifted = { server, key: readKeyFile(key.file), now: () => now() + shift, times }
    const failed = updateZone('corp.test', [add], shifted)
    await expect(failed).rejects.toMatchObject({ code: 'DNS_CLOCK_DIFFERS' })
    await expect(failed).rejects.toThrow(new RegExp(`3[56]\\d\\d s ${direction} the clock of this machine`))
  })
})

describe('updateZone, with somebody between', () => {
  it.each([
    ['an answer whose MAC is altered', 'DNS_ANSWER_FORGED', (answer: Buffer) => altered(answer, -7)],
    ['an answer whose code is altered', 'DNS_ANSWER_FORGED', (answer: Buffer) => altered(answer, 3)],
    ['an answer without its signature', 'DNS_ANSWER_UNSIGNED', unsigned],
    [
      'garbage',
      'DNS_SERVER_FAILED',
      (answer: Buffer) => Buffer.concat([answer.subarray(0, 3), Buffer.alloc(60_000, 0xc1)]),
    ],
    ['half of the answer', 'DNS_SERVER_FAILED', (answer: Buffer) => answer.subarray(0, 20)],
    ['nothing', 'DNS_SERVER_SILENT', () => undefined],
  ] as const)('does not believe %s', async (_, code, alter) => {
    const key = makeBindKey('host1')
    const bind = await bindWith(key)
    const port = await startDnsRelay(bind.port, alter)
    const options = {
      server: { address: '127.0.0.1', port },
      key: readKeyFile(key.file),
      now,
      times: code === 'DNS_SERVER_SILENT' ? short : times,
    }
    await expect(updateZone('corp.test', [add], options)).rejects.toMatchObject({ code })
  })

  it('believes TCP where the datagram was forged', async () => {
    const key = makeBindKey('host1')
    const bind = await bindWith(key)
    let answers = 0
    const port = await startDnsRelay(bind.port, (answer) => (answers++ === 0 ? altered(answer, -7) : answer))
    const options = { server: { address: '127.0.0.1', port }, key: readKeyFile(key.file), now, times }
    await updateZone('corp.test', [add], options)
    expect(bind.dig('SRV', name)).toBe('0 0 1688 act1.corp.test.')
  })

  it('says that nothing listens', async () => {
    const bind = await startBind({ 'corp.test': '' })
    await bind.stop()
    const failed = updateZone('corp.test', [add], { server: serverOf(bind), now, times })
    await expect(failed).rejects.toMatchObject({ code: 'DNS_SERVER_SILENT' })
  })
})

/** With one bit changed, counted from the front or from the end. */
function altered(answer: Buffer, at: number): Buffer {
  const changed = Buffer.from(answer)
  const index = at < 0 ? changed.length + at : at
  changed[index] = Number(changed[index]) ^ 1
  return changed
}

/** Behind the header and the zone nothing but the signature stands in the answer to an update. */
function unsigned(answer: Buffer): Buffer {
  const bare = Buffer.from(answer.subarray(0, 12 + 'corp.test'.length + 2 + 4))
  bare.writeUInt16BE(0, 10)
  return bare
}
