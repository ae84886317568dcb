import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { makePoolProof, parsePoolToken, type PoolToken } from '@volact/core/document/pool-token'
import { hours, minutes } from '@volact/core/time'
import { openLedger } from '@volact/ledger/open-ledger'
import { vendorFiles } from './folder/files.ts'
import { addPool, listPools, removePool } from './host-pools.ts'
import { hostStatus } from './host-status.ts'
import { makeActivatedHost, makeHost, serve, type TestClock } from './host.fixture.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import { readPoolAct } from './pipeline/pool-acts.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, start, type TestVendor } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

interface Setting {
  readonly dir: string
  readonly clock: TestClock
  readonly now: () => number
  readonly host: RunningHost
  readonly token: PoolToken
}

/** A host that has counted one machine, as products need it here, and has a pool. */
async function startWithPool(limit: number): Promise<Setting> {
  const thresholds = new Map([['server', 1]])
  const [dir, clock] = [await makeActivatedHost(vendor, { thresholds }), { now: start }]
  const now = (): number => clock.now
  const { token = '' } = await addPool(dir, { pool: 'class-room', limit, now })
  const host = await serve(dir, clock)
  await grant(host, new TestMachine('desk'), clock)
  return { dir, clock, now, host, token: parsePoolToken(token) }
}

function ephemeral(token: PoolToken, name = 'pod'): TestMachine {
  const machine = new TestMachine(name)
  machine.pool = token
  return machine
}

async function grant(
  host: RunningHost,
  machine: TestMachine,
  clock: TestClock,
  product = vendor.desktop,
): Promise<ReturnType<TestMachine['accept']>> {
  const { sent, answer } = await machine.ask(host.address, product, clock.now)
  return machine.accept(vendor, sent, answer)
}

async function codeOf(host: RunningHost, machine: TestMachine, clock: TestClock): Promise<string> {
  const { answer } = await machine.ask(host.address, vendor.desktop, clock.now)
  return answer.kind === 'refusal' ? answer.code : answer.kind
}

function actsIn(dir: string): readonly string[] {
  const ledger = openLedger(vendorFiles(dir, 'example').ledger)
  const acts = [...ledger.entries()].flatMap((bytes) => (bytes && readPoolAct(parseEntry(bytes))?.act) ?? [])
  ledger.close()
  return acts
}

describe('a machine of an ephemeral pool (rule 38)', () => {
  it('is granted 24 hours with the token of its pool, after a challenge, and never counts', async () => {
    const { clock, host, token } = await startWithPool(3)
    const machine = ephemeral(token)
    const first = machine.request(vendor.desktop, clock.now)
    expect(await ask(host.address, first.message)).toMatchObject({ kind: 'challenge' })
    const { grant: granted } = await grant(host, machine, clock)
    expect(granted).toMatchObject({ expires: clock.now + hours(24), flags: { ephemeral: true }, count: 1 })
    expect(host.status()).toMatchObject({ ephemeral: { live: 1, peak: 1 }, applications: [{ count: 1 }] })
  })

  it('is not served without a proof, with another pool’s token, or with the proof of another request', async () => {
    const { clock, host, token } = await startWithPool(3)
    const machine = ephemeral(token)
    const { message } = machine.request(vendor.desktop, clock.now)
    if (message.kind !== 'activate') throw new Error('no request')
    const { request, salt, details } = message
    const recorded = machine.request(vendor.desktop, clock.now)
    const attempts = [
      { kind: 'activate', request, salt, details },
      { ...message, pool: makePoolProof({ id: 'class-room', secret: new Uint8Array(32) }, new Uint8Array(32)) },
      { ...message, pool: { id: 'another', proof: new Uint8Array(32) } },
      { ...message, ...(recorded.message.kind === 'activate' && { pool: recorded.message.pool }) },
    ]
    for (const attempt of attempts)
      expect(await ask(host.address, attempt as typeof message)).toMatchObject({ code: 'POOL_TOKEN_INVALID' })
    expect(host.status().ephemeral).toEqual({ live: 0, peak: 0 })
  })

  it('finds its pool full when that has as many live machines as it is bound to, and is told when to ask again', async () => {
    const { clock, host, token } = await startWithPool(2)
    const machines = [ephemeral(token), ephemeral(token)]
    for (const machine of machines) await grant(host, machine, clock)
    const { answer } = await ephemeral(token).ask(host.address, vendor.desktop, clock.now)
    expect(answer).toMatchObject({ kind: 'refusal', code: 'POOL_FULL', retryAfter: minutes(120) })
    expect(host.status()).toMatchObject({ pools: [{ id: 'class-room', limit: 2, live: 2, peak: 2 }] })
    clock.now += hours(23)
    const near = await ephemeral(token).ask(host.address, vendor.desktop, clock.now)
    expect(near.answer).toMatchObject({ code: 'POOL_FULL', retryAfter: hours(1) })
    clock.now += hours(1)
    await grant(host, ephemeral(token), clock)
    expect(host.status()).toMatchObject({ pools: [{ live: 1, peak: 2 }] })
  })

  it('keeps its place when it renews or has a second product, and gives it free at once with its last release', async () => {
    const { clock, host, token } = await startWithPool(1)
    const machine = ephemeral(token)
    await grant(host, machine, clock)
    clock.now += hours(12)
    const { grant: renewed } = await grant(host, machine, clock)
    machine.prev = undefined
    const { grant: second } = await grant(host, machine, clock, vendor.server)
    expect(host.status()).toMatchObject({ ephemeral: { live: 1, peak: 1 } })
    expect(await ask(host.address, machine.release(renewed, clock.now))).toMatchObject({ kind: 'released' })
    expect(await codeOf(host, ephemeral(token), clock)).toBe('POOL_FULL')
    expect(await ask(host.address, machine.release(second, clock.now))).toMatchObject({ kind: 'released' })
    await grant(host, ephemeral(token), clock)
  })

  it('takes no place by a recording of its first request, neither after a refusal nor after a release', async () => {
    const { clock, host, token } = await startWithPool(1)
    const living = ephemeral(token, 'living')
    const { grant: granted } = await grant(host, living, clock)
    const gone = ephemeral(token, 'gone')
    const { sent: refused } = await gone.ask(host.address, vendor.desktop, clock.now)
    const plain = gone.request(vendor.desktop, clock.now)
    expect(await ask(host.address, living.release(granted, clock.now))).toMatchObject({ kind: 'released' })
    clock.now += minutes(1)
    for (const { message } of [refused, plain]) {
      expect(await ask(host.address, message)).toMatchObject({ kind: 'challenge' })
    }
    expect(host.status()).toMatchObject({ ephemeral: { live: 0 } })
  })

  it('has its place beyond a restart, and the peak is remembered', async () => {
    const { dir, clock, host, token } = await startWithPool(2)
    const machines = [ephemeral(token), ephemeral(token)]
    for (const machine of machines) await grant(host, machine, clock)
    const before = host.status()
    await host.close()
    const restarted = await serve(dir, clock)
    expect(restarted.status().pools).toEqual(before.pools)
    expect(await codeOf(restarted, ephemeral(token), clock)).toBe('POOL_FULL')
    clock.now += hours(24)
    await grant(restarted, ephemeral(token), clock)
    expect(restarted.status()).toMatchObject({ ephemeral: { live: 1, peak: 2 } })
  })

  it('leaves its place when it becomes a machine of its own', async () => {
    const { clock, host, token } = await startWithPool(1)
    const machine = ephemeral(token)
    await grant(host, machine, clock)
    machine.pool = undefined
    await grant(host, machine, clock)
    expect(host.status()).toMatchObject({ ephemeral: { live: 0, peak: 1 }, applications: [{ count: 2 }] })
  })

  it('takes a place in another pool when it is given that one’s token', async () => {
    const { dir, clock, now, host, token } = await startWithPool(1)
    const { token: text = '' } = await addPool(dir, { pool: 'lab', limit: 1, now })
    const machine = ephemeral(token)
    await grant(host, machine, clock)
    machine.pool = parsePoolToken(text)
    await grant(host, machine, clock)
    expect(host.status().pools).toEqual([
      { id: 'class-room', limit: 1, live: 0, peak: 1 },
      { id: 'lab', limit: 1, live: 1, peak: 1 },
    ])
  })
})

describe('the pools of a host (rule 38)', () => {
  it('are added, listed and removed on a running host, and the token is told once', async () => {
    const { dir, clock, now, host, token } = await startWithPool(1)
    const { token: text } = await addPool(dir, { pool: 'lab', limit: 5, now })
    expect(text).toMatch(/^volact-pool:lab:[A-Za-z0-9_-]{43}$/)
    expect(await addPool(dir, { pool: 'class-room', limit: 2, now })).toEqual({ id: 'class-room', limit: 2 })
    for (const machine of [ephemeral(token), ephemeral(token)]) await grant(host, machine, clock)
    const listed = await listPools(dir, { now })
    expect(listed).toEqual([
      { id: 'class-room', limit: 2, live: 2, peak: 2 },
      { id: 'lab', limit: 5, live: 0, peak: 0 },
    ])
    await removePool(dir, { pool: 'class-room', now })
    expect(await codeOf(host, ephemeral(token), clock)).toBe('POOL_TOKEN_INVALID')
    expect(host.status()).toMatchObject({ ephemeral: { live: 2 }, pools: [{ id: 'lab' }] })
    await host.close()
    expect(await listPools(dir, { now })).toEqual(listed.slice(1))
    expect(actsIn(dir)).toEqual(['pool-add', 'pool-add', 'pool-add', 'pool-join', 'pool-join', 'pool-remove'])
  })

  it('are changed in the folder of a host that does not run, at the same time one after the other', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    const now = (): number => clock.now
    await addPool(dir, { pool: 'a', limit: 1, now })
    const host = await serve(dir, clock)
    await Promise.all(['b', 'c', 'b'].map((pool, index) => addPool(dir, { pool, limit: index + 1, now })))
    expect(host.status().pools.map(({ id, limit }) => [id, limit])).toEqual([
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ])
  })

  it('have their secrets in a file for the owner alone, and neither names nor secrets in the ledger (rule 31)', async () => {
    const { dir, clock, host, token } = await startWithPool(1)
    await grant(host, ephemeral(token), clock)
    await host.close()
    const { pools, ledger: path } = vendorFiles(dir, 'example')
    expect(statSync(pools).mode & 0o777).toBe(0o600)
    const ledger = openLedger(path)
    for (const entry of ledger.entries()) {
      expect(Buffer.from(entry ?? []).toString('latin1')).not.toContain('class-room')
      expect(Buffer.from(entry ?? []).includes(Buffer.from(token.secret))).toBe(false)
    }
    ledger.close()
    chmodSync(pools, 0o644)
    await expect(serve(dir, clock)).rejects.toMatchObject({ code: 'FILE_NOT_PRIVATE' })
  })

  it('are what the file says: what a crash left out of the ledger is recorded at the next start', async () => {
    const { dir, clock, host, now } = await startWithPool(1)
    await addPool(dir, { pool: 'lab', limit: 5, now })
    await host.close()
    const { pools } = vendorFiles(dir, 'example')
    const file = JSON.parse(readFileSync(pools, 'utf8')) as { pools: { token: string; limit: number }[] }
    writeFileSync(pools, JSON.stringify({ pools: file.pools.slice(0, 1).map((pool) => ({ ...pool, limit: 7 })) }))
    const restarted = await serve(dir, clock)
    expect(restarted.status().pools).toMatchObject([{ id: 'class-room', limit: 7 }])
    await restarted.close()
    expect(actsIn(dir)).toEqual(['pool-add', 'pool-add', 'pool-add', 'pool-remove'])
    await (await serve(dir, clock)).close()
    expect(actsIn(dir)).toHaveLength(4)
  })

  it.each([
    ['no JSON', 'x'],
    ['no pools', '{}'],
    ['a pool that is none', '{"pools":[1]}'],
    ['a pool without a bound', '{"pools":[{"token":"volact-pool:a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}'],
    [
      'a bound that is none',
      '{"pools":[{"token":"volact-pool:a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","limit":"1"}]}',
    ],
    ['a token that is none', '{"pools":[{"token":"x","limit":1}]}'],
    [
      'a bound of less than nothing',
      '{"pools":[{"token":"volact-pool:a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","limit":-1}]}',
    ],
    [
      'a bound that no pool can have',
      '{"pools":[{"token":"volact-pool:a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","limit":1000001}]}',
    ],
    [
      'one name twice',
      '{"pools":[{"token":"volact-pool:a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","limit":1},{"token":"volact-pool:a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","limit":2}]}',
    ],
  ])('are not guessed from a damaged file: %s', async (_, text) => {
    const dir = await makeActivatedHost(vendor)
    writeFileSync(vendorFiles(dir, 'example').pools, text, { mode: 0o600 })
    await expect(serve(dir)).rejects.toMatchObject({ code: 'FOLDER_DAMAGED' })
  })

  it.each([
    ['a name with capitals', { pool: 'Room', limit: 1 }],
    ['a bound of nothing', { pool: 'room', limit: 0 }],
    ['a bound beyond a million', { pool: 'room', limit: 1_000_001 }],
    ['a bound that is no number', { pool: 'room', limit: Number.NaN }],
    ['a vendor that is not there', { pool: 'room', limit: 1, vendor: 'nobody' }],
  ])('are not made with %s, whether the host runs or not', async (_, wanted) => {
    const dir = await makeActivatedHost(vendor)
    const now = (): number => start
    await expect(addPool(dir, { ...wanted, now })).rejects.toMatchObject({ code: 'USAGE' })
    await serve(dir)
    await expect(addPool(dir, { ...wanted, now })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(removePool(dir, { pool: wanted.pool, now })).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('need a host that is activated', async () => {
    const bare: TestVendor = makeVendor()
    const dir = await makeHost(bare)
    await expect(listPools(dir, { now: () => start })).rejects.toMatchObject({ code: 'HOST_NOT_ACTIVATED' })
    expect(await hostStatus(dir, { now: () => start })).toMatchObject({ pools: [], ephemeral: { live: 0, peak: 0 } })
  })
})
