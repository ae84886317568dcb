import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Bind, startBind } from '@volact/testkit/bind'
import { freePort } from '@volact/testkit/free-port'
import type { World } from '../../apps/cli/src/world.ts'
import { command, commandIn } from './command.fixture.ts'
import { customer, type Estate, newMachine, policyOf, startBabbler, startEstate } from './discovery.fixture.ts'
import type { Ended } from './volact.fixture.ts'

let estate: Estate

beforeAll(async () => {
  estate = await startEstate()
})

afterAll(async () => {
  await estate.close()
})

/** What is searched in DNS, for a machine that has nothing set. */
async function activate(dir: string, dns: Pick<Bind, 'address'>, world: Partial<World> = {}): Promise<Ended> {
  return commandIn(world, 'client', 'activate', '--domain', 'corp.test', '--dns', dns.address, '--dir', dir, '--json')
}

interface Failure {
  readonly code: string
  readonly number: string
  readonly message: string
  readonly attempts?: readonly { readonly target: string; readonly code: string; readonly message: string }[]
}

function failureOf({ stdout }: Ended): Failure {
  return (JSON.parse(stdout) as { readonly error: Failure }).error
}

function codesOf(ended: Ended): readonly (readonly [string, string])[] {
  return failureOf(ended).attempts?.map(({ target, code }) => [target, code] as const) ?? []
}

const addresses = 'live IN A 127.0.0.1\nother IN A 127.0.0.1\ndead IN A 127.0.0.1\n'

describe('with BIND serving two SRV records, one of a dead host', () => {
  it('a machine activates by the live one, reports the other, and stays with the live one', async () => {
    const dead = await freePort()
    const bind = await startBind({
      'corp.test': `${addresses}_volact._tcp IN SRV 0 0 ${dead} dead\n_volact._tcp IN SRV 10 0 ${estate.port} live`,
    })
    expect(bind.dig('_volact._tcp.corp.test', 'SRV').split('\n')).toHaveLength(2)
    const dir = await newMachine(estate)
    const ended = await activate(dir, bind)
    expect(ended).toMatchObject({ status: 0 })
    expect(JSON.parse(ended.stdout)).toMatchObject({
      ...{ outcome: 'activated', host: `live.corp.test:${estate.port}` },
      passedOver: [{ host: `dead.corp.test:${dead}`, code: 'HOST_UNREACHABLE' }],
    })
    expect(ended.stderr).toContain(`dead.corp.test:${dead} could not activate`)
    expect(ended.stderr).toContain('connection refused')
    const status = await command('client', 'status', '--dir', dir, '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({ state: 'licensed', foundHost: `live.corp.test:${estate.port}` })
  })

  it('both are listed with what each said, when neither activates', async () => {
    const [dead, microsoft] = [await freePort(), await startBabbler(Uint8Array.of(5, 0, 12, 3, 16, 0, 0, 0))]
    const bind = await startBind({
      'corp.test': `${addresses}_volact._tcp IN SRV 0 0 ${dead} dead\n_volact._tcp IN SRV 10 0 ${microsoft} other`,
    })
    const ended = await activate(await newMachine(estate), bind)
    expect(ended.status).toBe(3)
    expect(failureOf(ended)).toMatchObject({ code: 'NO_HOST_ANSWERED', number: '0xC004F074' })
    expect(codesOf(ended)).toEqual([
      [`dead.corp.test:${dead}`, 'HOST_UNREACHABLE'],
      [`other.corp.test:${microsoft}`, 'FOREIGN_PROTOCOL'],
    ])
    expect(ended.stderr).toContain('none of the 2 hosts that were found activated notes-1')
    expect(ended.stderr).toContain('a Microsoft KMS host')
  })
})

describe('the records of a zone', () => {
  it('are taken by priority, the vendor’s own before those of all', async () => {
    const [dead, worse] = [await freePort(), await freePort()]
    const bind = await startBind({
      'corp.test':
        `${addresses}_volact._tcp IN SRV 20 0 ${estate.port} live\n_volact._tcp IN SRV 10 0 ${worse} other\n` +
        `_volact._tcp.workshop._vendors IN SRV 30 0 ${dead} dead`,
    })
    const ended = await activate(await newMachine(estate), bind)
    const { passedOver } = JSON.parse(ended.stdout) as { readonly passedOver: readonly { readonly host: string }[] }
    expect(passedOver.map(({ host }) => host)).toEqual([`dead.corp.test:${dead}`, `other.corp.test:${worse}`])
  })

  it('of the site that the policy names come first', async () => {
    const dead = await freePort()
    const bind = await startBind({
      'corp.test': `${addresses}_volact._tcp IN SRV 0 0 ${dead} dead\n_volact._tcp.prague._sites IN SRV 0 0 ${estate.port} live`,
    })
    const ended = await activate(await newMachine(estate), bind, { policy: policyOf('site = "prague"') })
    expect(JSON.parse(ended.stdout)).toMatchObject({ host: `live.corp.test:${estate.port}`, passedOver: [] })
  })

  it('lead to no host outside the zone, unless the administrator trusts its domain (rule 51)', async () => {
    const bind = await startBind({
      'corp.test': `_volact._tcp IN SRV 0 0 ${estate.port} live.far.test.`,
      'far.test': addresses,
    })
    const dir = await newMachine(estate)
    const ended = await activate(dir, bind)
    expect([ended.status, failureOf(ended).code]).toEqual([3, 'HOST_NOT_TRUSTED'])
    expect(codesOf(ended)).toContainEqual([`live.far.test:${estate.port}`, 'HOST_NOT_TRUSTED'])
    expect(ended.stderr).toContain('it lies outside corp.test')
    const trusting = { policy: policyOf('trusted-domains = ["far.test"]') }
    expect(await activate(dir, bind, trusting)).toMatchObject({ status: 0 })
  })

  it('may lead anywhere when every grant is checked for its customer, and to nobody else’s host (rules 11, 51)', async () => {
    const bind = await startBind({
      'corp.test': `_volact._tcp IN SRV 0 0 ${estate.port} live.far.test.`,
      'far.test': addresses,
    })
    const dir = await newMachine(estate)
    const other = await activate(dir, bind, { policy: policyOf('customer = "Somebody Else"') })
    expect(other.status).toBe(3)
    expect(codesOf(other)).toEqual([[`live.far.test:${estate.port}`, 'CUSTOMER_MISMATCH']])
    expect(await command('client', 'lease', 'export', '-o', `${dir}.lease`, '--dir', dir)).toMatchObject({ status: 10 })
    const own = await activate(dir, bind, { policy: policyOf(`customer = "${customer}"`) })
    expect(JSON.parse(own.stdout)).toMatchObject({ outcome: 'activated', customer })
  })
})

describe('a zone without a host', () => {
  it.each([
    ['nothing', addresses, 'DNS_NAME_MISSING', '0x8007232B'],
    ['another record under the name', '_volact._tcp IN TXT "soon"', 'DNS_NO_RECORDS', '0x8007251D'],
    ['the word that there is none', '_volact._tcp IN SRV 0 0 0 .', 'DNS_NO_RECORDS', '0x8007251D'],
  ])('that has %s is told with the number that administrators know', async (_, records, code, number) => {
    const ended = await activate(await newMachine(estate), await startBind({ 'corp.test': records }))
    expect(ended.status).toBe(3)
    expect(failureOf(ended)).toMatchObject({ code, number })
    expect(ended.stderr).toContain('no activation host was found in corp.test')
    expect(ended.stderr).toContain(number)
    expect(codesOf(ended).map(([, one]) => one)).toContain(code)
  })

  it('is none of this server’s: it refuses, and that is a failure of DNS', async () => {
    const ended = await activate(await newMachine(estate), await startBind({ 'else.test': addresses }))
    expect(failureOf(ended)).toMatchObject({ code: 'DNS_SERVER_FAILED', number: '0x8007232A' })
  })
})

describe('a DNS server that is no help', () => {
  it('because it is down is told so', async () => {
    const ended = await activate(await newMachine(estate), { address: `127.0.0.1:${await freePort()}` })
    expect(ended.status).toBe(3)
    expect(failureOf(ended)).toMatchObject({ code: 'DNS_SERVER_FAILED', number: '0x8007232A' })
    expect(ended.stderr).toContain('cannot be reached')
  })

  it('because it sends garbage is told so', async () => {
    const socket = createSocket('udp4', (question, from) => {
      socket.send(Buffer.concat([question.subarray(0, 2), Buffer.alloc(500, 0xa7)]), from.port, from.address)
    })
    onTestFinished(() => void socket.close())
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const ended = await activate(await newMachine(estate), { address: `127.0.0.1:${String(socket.address().port)}` })
    expect(failureOf(ended)).toMatchObject({ code: 'DNS_SERVER_FAILED' })
    expect(ended.stderr).not.toMatch(/^\s+at /m)
  })
})

describe('what somebody has set', () => {
  it('stands back behind the policy, and is told so', async () => {
    const dir = await newMachine(estate)
    const world = { policy: policyOf(`host = "${estate.address}"`) }
    const dead = `127.0.0.1:${await freePort()}`
    const set = await commandIn(world, 'client', 'host', 'set', dead, '--dir', dir)
    expect(set).toMatchObject({ status: 0, stdout: `${dead} is asked\n` })
    expect(set.stderr).toContain('names a host, which stands above what is set here')
    const other = await commandIn(world, 'client', 'activate', '--host', dead, '--dir', dir)
    expect(other.status).toBe(10)
    expect(other.stderr).toContain('POLICY_STANDS_ABOVE')
    expect(await commandIn(world, 'client', 'activate', '--dir', dir)).toMatchObject({ status: 0 })
  })

  it('is obeyed by product, application and machine, in this order, and a host keeps DNS from being asked', async () => {
    const dir = await newMachine(estate)
    const dead = `127.0.0.1:${await freePort()}`
    for (const args of [[dead], [dead, '--application', 'notes'], [estate.address, '--product', 'notes-1']]) {
      expect(await command('client', 'host', 'set', ...args, '--dir', dir)).toMatchObject({ status: 0 })
    }
    expect(await command('client', 'activate', '--dir', dir)).toMatchObject({ status: 0 })
    await command('client', 'host', 'clear', '--product', 'notes-1', '--dir', dir)
    const ended = await command('client', 'activate', '--dir', dir, '--json')
    // The failure of one host that somebody has named stays its own.
    expect(failureOf(ended)).toMatchObject({ code: 'HOST_UNREACHABLE', attempts: [{ target: dead }] })
    const domain = await command('client', 'domain', 'set', 'corp.test', '--dir', dir)
    expect(domain.stderr).toContain('a host is set, so the domain is not searched')
  })

  it('means nothing while the policy cannot be understood: nothing is activated, and a running lease goes on', async () => {
    const dir = await newMachine(estate)
    await command('client', 'activate', '--host', estate.address, '--dir', dir)
    const world = { policy: policyOf('customer = "Example') }
    const ended = await commandIn(world, 'client', 'activate', '--host', estate.address, '--dir', dir)
    expect(ended.status).toBe(4)
    expect(ended.stderr).toContain('line 1')
    expect(ended.stderr).toContain('POLICY_INVALID')
    const status = await commandIn(world, 'client', 'status', '--dir', dir, '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({ state: 'licensed', policy: { state: 'invalid' } })
    expect(status.stderr).toContain('nothing is activated before this is put right')
  })
})
