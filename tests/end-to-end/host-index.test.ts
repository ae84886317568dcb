import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { days, hours, type Instant } from '@volact/core/time'
import { makeActivatedHost, serve, type TestClock } from '@volact/host/host.fixture'
import { ask, TestMachine } from '@volact/host/machine.fixture'
import type { RunningHost } from '@volact/host/start-host'
import { makeVendor, start } from '@volact/host/vendor.fixture'
import type { World } from '../../apps/cli/src/world.ts'
import { commandIn } from './command.fixture.ts'
import { keepFoldersInMemory } from './in-memory.fixture.ts'
import type { Ended } from './volact.fixture.ts'

keepFoldersInMemory()

const vendor = makeVendor({ threshold: 3 })

/** A host that serves, with a clock of its own, and the command on its folder. */
interface Estate {
  readonly dir: string
  readonly clock: TestClock
  readonly notes: string[]
  host: RunningHost
  readonly run: (...args: readonly string[]) => Promise<Ended>
  readonly json: (...args: readonly string[]) => Promise<Record<string, unknown>>
}

async function startEstate(): Promise<Estate> {
  const [dir, clock, notes] = [await makeActivatedHost(vendor), { now: start }, [] as string[]]
  const host = await serve(dir, clock, { onNote: (text) => notes.push(text) })
  const run = (...args: readonly string[]): Promise<Ended> => runAt(clock, {}, ...args, '--dir', dir)
  const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { status, stdout, stderr } = await run(...args, '--json')
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}: ${stderr}`)
    return JSON.parse(stdout) as Record<string, unknown>
  }
  return { dir, clock, notes, host, run, json }
}

function runAt(clock: TestClock, more: Partial<World>, ...args: readonly string[]): Promise<Ended> {
  return commandIn({ now: () => clock.now, ...more }, ...args)
}

async function renew(estate: Estate, machine: TestMachine, time: Instant = estate.clock.now): Promise<string> {
  const { sent, answer } = await machine.ask(estate.host.address, vendor.desktop, time)
  if (answer.kind === 'grant') machine.accept(vendor, sent, answer)
  return answer.kind
}

/** Two machines are refused, the third one and then both are granted. */
async function threeMachines(estate: Estate): Promise<readonly [TestMachine, TestMachine, TestMachine]> {
  const machines = [new TestMachine('anna'), new TestMachine('berta'), new TestMachine('carla')] as const
  expect(await renew(estate, machines[0])).toBe('refusal')
  expect(await renew(estate, machines[0])).toBe('refusal')
  expect(await renew(estate, machines[1])).toBe('refusal')
  estate.clock.now += hours(2)
  for (const machine of [machines[2], machines[0], machines[1]]) expect(await renew(estate, machine)).toBe('grant')
  return machines
}

describe('volact host machine list', () => {
  it('lists machines by name with what holds of them now, all or those that are asked for', async () => {
    const estate = await startEstate()
    await threeMachines(estate)
    expect(await renew(estate, new TestMachine('dora'))).toBe('grant')
    const { stdout } = await estate.run('host', 'machine', 'list')
    expect(stdout.split('\n').map((line) => line.split(/ +/)[0])).toEqual([
      'NAME',
      'anna',
      'berta',
      'carla',
      'dora',
      '',
    ])
    const { machines } = await estate.json(
      'host',
      'machine',
      'list',
      '--name',
      'ER',
      '--state',
      'licensed',
      '--product',
      'desktop-1',
    )
    expect(machines).toMatchObject([{ name: 'berta', address: '192.0.2.1', version: '1', askedState: 2, renewals: 0 }])
    expect(await estate.json('host', 'machine', 'list', '--state', 'waiting')).toEqual({ machines: [] })
    estate.clock.now += days(181)
    expect(
      (await estate.json('host', 'machine', 'list', '--stale', '180', '--state', 'expired'))['machines'],
    ).toHaveLength(4)
    expect((await estate.json('host', 'machine', 'list', '--limit', '2'))['machines']).toHaveLength(2)
  })
})

describe('volact host machine show', () => {
  it('tells one machine’s story: refused and why, counted, granted, renewed, and what comes next', async () => {
    const estate = await startEstate()
    const [anna] = await threeMachines(estate)
    for (let week = 0; week < 3; week += 1) {
      estate.clock.now += days(7)
      expect(await renew(estate, anna)).toBe('grant')
    }
    const { stdout } = await estate.run('host', 'machine', 'show', 'ANNA')
    expect(stdout).toContain(toHex(anna.id))
    expect(stdout).toMatch(
      /asked 2 times as initial-grace \(2\) and was counted, but refused: the host had seen 1 of the 3 machines .* \(entry \d+\)/,
    )
    expect(stdout).toMatch(/was granted a lease until .*: the host had seen 3 machines, 3 are needed \(entry \d+\)/)
    expect(stdout).toMatch(/renewed 3 times since .* \(entry \d+\)/)
    expect(stdout).toMatch(
      /asks again, if it is switched on\n.*falls out of the count, if it is not seen again\n.*its lease ends/,
    )
    const byId = await estate.json('host', 'machine', 'show', toHex(anna.id).slice(0, 10))
    expect(byId).toMatchObject({ name: 'anna', products: [{ record: { renewals: 3 } }] })
  })

  it('lists what a name means that several have, and knows who was only ever refused', async () => {
    const estate = await startEstate()
    const twins = [new TestMachine('kiosk'), new TestMachine('kiosk')]
    for (const machine of twins) await renew(estate, machine)
    const several = await estate.run('host', 'machine', 'show', 'kiosk')
    expect(several.status).toBe(2)
    for (const { id } of twins) expect(several.stderr).toContain(toHex(id))
    const { sent } = await new TestMachine('newer').ask(estate.host.address, vendor.newer, estate.clock.now)
    expect(sent.message.kind).toBe('activate')
    expect((await estate.run('host', 'machine', 'show', 'newer')).stdout).toContain('PRODUCT_NOT_SERVED')
    const nobody = await estate.run('host', 'machine', 'show', 'nobody')
    expect(nobody).toMatchObject({ status: 10, stderr: expect.stringContaining('MACHINE_UNKNOWN') as string })
  })
})

describe('volact host counter show', () => {
  it('counts requests by the state of the client, for all and for each application, beyond a restart', async () => {
    const estate = await startEstate()
    await threeMachines(estate)
    await new TestMachine('newer').ask(estate.host.address, vendor.newer, estate.clock.now, { state: 0 })
    const counted = { total: 7, failed: 1, unlicensed: 1, licensed: 0, oobGrace: 6, ootGrace: 0, notification: 0 }
    const expected = [
      { vendor: 'example', ...counted },
      { vendor: 'example', application: { name: 'Office' }, ...counted },
    ]
    expect((await estate.json('host', 'counter', 'show'))['counters']).toMatchObject(expected)
    await estate.host.close()
    expect((await estate.json('host', 'counter', 'show'))['counters']).toMatchObject(expected)
    estate.host = await serve(estate.dir, estate.clock)
    expect((await estate.json('host', 'counter', 'show'))['counters']).toMatchObject(expected)
  })
})

describe('volact host event', () => {
  it('lists one 12290 for each request with the reference’s fields in their order, refusals that are alike as one', async () => {
    const estate = await startEstate()
    const [anna] = await threeMachines(estate)
    const { events } = await estate.json('host', 'event', 'list', '--machine', 'anna')
    const asked = { name: 'anna', machine: toHex(anna.id), virtual: '0', licenseStatus: '2', minutesLeft: '0' }
    expect(events).toMatchObject([
      {
        id: 12290,
        times: 2,
        fields: { ...asked, result: '0xC004F038', threshold: '3', clientTime: '2026-01-01T00:00:00Z' },
      },
      { id: 12290, times: 1, fields: { ...asked, result: '0x00000000', threshold: '3', activationId: vendor.desktop } },
    ])
    const { stdout } = await estate.run('host', 'event', 'list', '--since', '1h', '--id', '12290')
    expect(stdout).toMatch(
      new RegExp(`0x00000000,3,anna,${toHex(anna.id)},2026-01-01T02:00:00Z,0,2,0,${vendor.desktop}\n`),
    )
    expect(stdout.trimEnd().split('\n')).toHaveLength(4)
    expect((await estate.run('host', 'event', 'list', '--id', '12294')).stdout).toBe('nothing of this has happened\n')
    expect((await estate.run('host', 'event', 'list', '--since', 'yesterday')).status).toBe(2)
  })

  it('watch shows events as they happen, and ends with Ctrl-C; without a host it says so', async () => {
    const estate = await startEstate()
    const stop = new AbortController()
    const { promise: shown, resolve } = Promise.withResolvers<string>()
    const world = {
      stop: () => stop.signal,
      out: (text: string) => {
        resolve(text)
      },
    }
    const watching = runAt(estate.clock, world, 'host', 'event', 'watch', '--json', '--dir', estate.dir)
    const asking = setInterval(() => void renew(estate, new TestMachine('late')), 200)
    expect(JSON.parse(await shown)).toMatchObject({ id: 12290, fields: { name: 'late' } })
    clearInterval(asking)
    stop.abort('SIGINT')
    expect((await watching).status).toBe(130)
    await estate.host.close()
    expect((await estate.run('host', 'event', 'watch')).stderr).toContain('NOT_RUNNING')
  })
})

/** Every file of a folder, of any kind that holds bytes. */
function filesIn(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
}

function filesWith(dir: string, wanted: Uint8Array | string): readonly string[] {
  const bytes = typeof wanted === 'string' ? Buffer.from(wanted) : Buffer.from(wanted)
  return filesIn(dir).filter((path) => readFileSync(path).includes(bytes))
}

describe('volact host machine forget (rule 31)', () => {
  /** Enough machines for pages of the index to be split and filled again. */
  async function crowded(): Promise<{ estate: Estate; gone: TestMachine }> {
    const estate = await startEstate()
    const gone = new TestMachine('secret-laptop-of-zoe')
    const others = Array.from({ length: 20 }, (_, number) => new TestMachine(`other-${number}`))
    await renew(estate, gone)
    for (const machine of others) await renew(estate, machine)
    estate.clock.now += days(7)
    for (const machine of [gone, ...others]) await renew(estate, machine)
    await new TestMachine(gone.name, gone.anchor, gone.signer).ask(estate.host.address, vendor.newer, estate.clock.now)
    await estate.run('host', 'machine', 'list')
    return { estate, gone }
  }

  function expectNoTrace(dir: string, { id, anchor, name, signer }: TestMachine): void {
    for (const bytes of [id, anchor, name, toHex(id), toHex(anchor), signer.publicKey.bytes]) {
      expect(filesWith(dir, bytes)).toEqual([])
    }
  }

  it('leaves no byte of the machine in any file of a running host, and the ledger verifies', async () => {
    const { estate, gone } = await crowded()
    expect(filesWith(estate.dir, gone.name).length).toBeGreaterThan(1)
    const done = await estate.run('host', 'machine', 'forget', 'secret-laptop-of-zoe', '--yes')
    expect(done).toMatchObject({ status: 0, stderr: expect.stringContaining('what stays: the hashes') as string })
    expect(done.stdout).toMatch(/erased: 2 entries of the ledger/)
    expectNoTrace(estate.dir, gone)
    expect((await estate.run('host', 'ledger', 'verify')).status).toBe(0)
    expect((await estate.run('host', 'machine', 'show', gone.name)).status).toBe(10)
    await estate.host.close()
    expectNoTrace(estate.dir, gone)
    expect((await estate.run('host', 'ledger', 'verify')).status).toBe(0)
  })

  it('does the same to a host that does not run, and to one whose index was made anew', async () => {
    const { estate, gone } = await crowded()
    await estate.host.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(estate.dir, `index.db${suffix}`), { force: true })
    expect((await estate.run('host', 'machine', 'forget', toHex(gone.id).slice(0, 12), '--yes')).status).toBe(0)
    expectNoTrace(estate.dir, gone)
    expect((await estate.run('host', 'ledger', 'verify')).status).toBe(0)
    estate.host = await serve(estate.dir, estate.clock)
    expect(await renew(estate, new TestMachine('somebody'))).toBe('grant')
    expect((await estate.json('host', 'machine', 'list'))['machines']).toHaveLength(21)
    expectNoTrace(estate.dir, gone)
  })

  it('asks first, and erases nothing where nobody can answer or the answer is no', async () => {
    const estate = await startEstate()
    await threeMachines(estate)
    const alone = await estate.run('host', 'machine', 'forget', 'anna')
    expect(alone).toMatchObject({ status: 2, stderr: expect.stringContaining('--yes') as string })
    const args = ['host', 'machine', 'forget', 'anna', '--dir', estate.dir]
    expect((await runAt(estate.clock, { ask: () => Promise.resolve('n') }, ...args)).stderr).toContain(
      'nothing was erased',
    )
    expect((await estate.json('host', 'machine', 'list'))['machines']).toHaveLength(3)
    expect((await runAt(estate.clock, { ask: () => Promise.resolve('y') }, ...args)).status).toBe(0)
    expect((await estate.json('host', 'machine', 'list'))['machines']).toHaveLength(2)
  })
})

describe('an index that is in trouble', () => {
  it('that is deleted or damaged while the host runs is made anew; what only it had is said to be lost', async () => {
    const estate = await startEstate()
    await threeMachines(estate)
    expect((await estate.json('host', 'machine', 'list'))['machines']).toHaveLength(3)
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(estate.dir, `index.db${suffix}`), { force: true })
    expect((await estate.json('host', 'machine', 'list'))['machines']).toHaveLength(3)
    expect(estate.notes.join('\n')).toContain('Refusals, the counters of refused requests')
    await estate.host.close()
    writeFileSync(join(estate.dir, 'index.db'), 'no database, but as long as one'.repeat(1_000))
    estate.host = await serve(estate.dir, estate.clock)
    expect(
      await ask(estate.host.address, new TestMachine('d').request(vendor.desktop, estate.clock.now).message),
    ).toMatchObject({ kind: 'grant' })
    expect((await estate.json('host', 'machine', 'list'))['machines']).toHaveLength(4)
  })
})
