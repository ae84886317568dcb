import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { randomBytes, randomInt } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { parsePoolToken } from '@volact/core/document/pool-token'
import { signTreeHead } from '@volact/core/document/tree-head'
import { days, hours, minutes } from '@volact/core/time'
import { encodeFrame } from '@volact/core/wire/frame'
import type { Message } from '@volact/core/wire/message'
import { openKeyFile } from '@volact/keys/key-file'
import { vendorFiles } from './folder/files.ts'
import { acceptClock } from './accept-clock.ts'
import { addPool } from './host-pools.ts'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { ask, TestConnection, TestMachine } from './machine.fixture.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, start, type TestVendor } from './vendor.fixture.ts'

async function granted(host: RunningHost, vendor: TestVendor, machine: TestMachine, time = start): Promise<Message> {
  const sent = machine.request(vendor.desktop, time)
  const answer = await ask(host.address, sent.message)
  machine.accept(vendor, sent, answer)
  return answer
}

const vendor = makeVendor({ threshold: 1 })

describe('a request that came before', () => {
  it('gets a new receipt for the old entry when its bytes are the last granted ones (rule 17)', async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const machine = new TestMachine('a')
    const sent = machine.request(vendor.desktop, start)
    const first = await ask(host.address, sent.message)
    await granted(host, vendor, new TestMachine('b'))
    const { size } = host.status().ledger ?? { size: 0 }
    const again = await ask(host.address, sent.message)
    machine.accept(vendor, sent, again)
    if (first.kind !== 'grant' || again.kind !== 'grant') throw new Error('no grant')
    expect(toHex(again.entry)).toBe(toHex(first.entry))
    expect(toHex(again.receipt)).not.toBe(toHex(first.receipt))
    expect(host.status().ledger?.size).toBe(size)
  })

  it('gets the entry that stands in the same batch', async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const machine = new TestMachine('a')
    const sent = machine.request(vendor.desktop, start)
    const connection = await TestConnection.open(host.address)
    connection.send(sent.message)
    connection.send(sent.message)
    const answers = [await connection.next(), await connection.next()]
    connection.close()
    for (const answer of answers) if (answer) machine.accept(vendor, sent, answer)
    expect(host.status().ledger?.size).toBe(3)
  })

  it('is challenged when it is an older one, so that a recording changes nothing (rules 16, 20)', async () => {
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const machine = new TestMachine('a')
    const recorded = machine.request(vendor.desktop, start)
    machine.accept(vendor, recorded, await ask(host.address, recorded.message))
    clock.now += days(7)
    await granted(host, vendor, machine, clock.now)
    const { size } = host.status().ledger ?? { size: 0 }
    expect(await ask(host.address, recorded.message)).toMatchObject({ kind: 'challenge' })
    expect(host.status().ledger?.size).toBe(size)
  })

  it('is served with an old prev, once it answers the challenge in time (rules 16, 18)', async () => {
    const clock = { now: start }
    const host = await serve(await makeActivatedHost(vendor), clock)
    const machine = new TestMachine('restored from a snapshot')
    await granted(host, vendor, machine)
    const { prev } = machine
    await granted(host, vendor, machine)
    const old = machine.request(vendor.desktop, clock.now, prev ? { prev } : {})
    const answer = await ask(host.address, old.message)
    if (answer.kind !== 'challenge') throw new Error(`no challenge but ${answer.kind}`)
    const { challenge } = answer
    const solved = machine.request(vendor.desktop, clock.now, { challenge })
    machine.accept(vendor, solved, await ask(host.address, solved.message))
    clock.now += minutes(5)
    const late = machine.request(vendor.desktop, clock.now, { challenge, prev: new Uint8Array(16) })
    expect(await ask(host.address, late.message)).toMatchObject({ kind: 'challenge' })
    const others = new TestMachine('b').request(vendor.desktop, start - hours(5), { challenge })
    expect(await ask(host.address, others.message)).toMatchObject({ kind: 'challenge' })
  })

  it('is challenged at first contact when its clock is far off, and not when it is a little (rule 16)', async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const machine = new TestMachine('a')
    const wrong = machine.request(vendor.desktop, start + hours(4) + 1)
    expect(await ask(host.address, wrong.message)).toMatchObject({ kind: 'challenge' })
    const right = machine.request(vendor.desktop, start - hours(4))
    machine.accept(vendor, right, await ask(host.address, right.message))
  })
})

it('a host that was started again has signed the size it found before it answers the first (rule 22)', async () => {
  const dir = await makeActivatedHost(vendor)
  const before = await serve(dir)
  const machine = new TestMachine('a')
  const sent = machine.request(vendor.desktop, start)
  machine.accept(vendor, sent, await ask(before.address, sent.message))
  await before.close()
  const host = await serve(dir)
  machine.accept(vendor, sent, await ask(host.address, sent.message))
})

describe('a recording, sent again (rule 16)', () => {
  it('wins nothing while its challenge is still good: each answer to a challenge is spent once', async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const machine = new TestMachine('a')
    await granted(host, vendor, machine)
    const recordings: Message[] = []
    for (let round = 0; round < 2; round += 1) {
      const asked = await ask(
        host.address,
        machine.request(vendor.desktop, start, { prev: new Uint8Array(16) }).message,
      )
      if (asked.kind !== 'challenge') throw new Error(`no challenge but ${asked.kind}`)
      const solved = machine.request(vendor.desktop, start, { challenge: asked.challenge })
      recordings.push(solved.message)
      machine.accept(vendor, solved, await ask(host.address, solved.message))
    }
    const { size } = host.status().ledger ?? { size: 0 }
    for (const recording of [...recordings, ...recordings]) await ask(host.address, recording)
    expect(host.status().ledger?.size).toBe(size)
    await granted(host, vendor, machine)
  })

  it('does not undo a release', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const machine = new TestMachine('a')
    const first = machine.request(vendor.desktop, start)
    const { grant } = machine.accept(vendor, first, await ask(host.address, first.message))
    expect(await ask(host.address, machine.release(grant, start))).toMatchObject({ kind: 'released' })
    expect(await ask(host.address, first.message)).toMatchObject({ kind: 'challenge' })
    await host.close()
    const restarted = await serve(dir)
    const again = await ask(restarted.address, first.message)
    if (again.kind !== 'challenge') throw new Error(`no challenge but ${again.kind}`)
    const solved = machine.request(vendor.desktop, start, { challenge: again.challenge })
    machine.accept(vendor, solved, await ask(restarted.address, solved.message))
  })

  it('does not change the hardware that a machine was last seen with', async () => {
    const many = makeVendor({ threshold: 5 })
    const host = await serve(await makeActivatedHost(many))
    const machine = new TestMachine('a')
    const before = machine.request(many.desktop, start)
    expect(await ask(host.address, before.message)).toMatchObject({ code: 'COUNT_INSUFFICIENT' })
    expect(await ask(host.address, machine.request(many.desktop, start).message)).toMatchObject({ kind: 'refusal' })
    const anchor = new Uint8Array(randomBytes(32))
    const moved = await ask(host.address, machine.request(many.desktop, start, { anchor }).message)
    if (moved.kind !== 'challenge') throw new Error(`no challenge but ${moved.kind}`)
    const { challenge } = moved
    const solved = machine.request(many.desktop, start, { anchor, challenge })
    expect(await ask(host.address, solved.message)).toMatchObject({ code: 'COUNT_INSUFFICIENT' })
    const { size } = host.status().ledger ?? { size: 0 }
    expect(await ask(host.address, before.message)).toMatchObject({ kind: 'challenge' })
    expect(host.status().ledger?.size).toBe(size)
  })
})

describe('what a stranger sends', () => {
  it('is refused when the signature is forged, the log is another one, or the details are others (rules 13, 15)', async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const sent = new TestMachine('a').request(vendor.desktop, start)
    if (sent.message.kind !== 'activate') throw new Error('no request')
    const forged = Uint8Array.from(sent.bytes)
    forged[forged.length - 1] = Number(forged.at(-1)) ^ 1
    expect(await ask(host.address, { ...sent.message, request: forged })).toMatchObject({ code: 'SIGNATURE_INVALID' })
    const audience = { kind: 'log', logId: new Uint8Array(32) } as const
    const elsewhere = new TestMachine('b').request(vendor.desktop, start, { audience })
    expect(await ask(host.address, elsewhere.message)).toMatchObject({ code: 'LOG_MISMATCH' })
    const renamed = { ...sent.message, salt: new Uint8Array(16) }
    expect(await ask(host.address, renamed)).toMatchObject({ code: 'MALFORMED' })
    expect(host.status()).toMatchObject({ machines: 0, ledger: { size: 2 } })
  })

  it('disturbs nobody else: 1000 garbage frames while another machine is served', { timeout: 60_000 }, async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const machine = new TestMachine('patient')
    for (let round = 0; round < 20; round += 1) {
      const garbage = Array.from({ length: 50 }, async () => {
        const connection = await TestConnection.open(host.address)
        connection.socket.write(encodeFrame(new Uint8Array(randomBytes(randomInt(1, 4_000)))))
        const refusal = await connection.next()
        const end = await connection.next()
        connection.close()
        return [refusal?.kind, end]
      })
      await granted(host, vendor, machine)
      for (const answers of await Promise.all(garbage)) expect(answers).toEqual(['refusal', undefined])
    }
    expect(host.status().machines).toBe(1)
  })

  it.each([
    ['a length beyond the limit', Uint8Array.of(0, 0, 0x10, 1), 'TOO_LARGE'],
    ['a length of nothing', Uint8Array.of(0, 0, 0, 0), 'MALFORMED'],
    ['another version', encodeFrame(Uint8Array.of(0xa2, 0, 2, 1, 6)), 'UNSUPPORTED_VERSION'],
    ['an unknown kind', encodeFrame(Uint8Array.of(0xa2, 0, 1, 1, 0x18, 99)), 'NOT_SUPPORTED'],
  ])('is refused with one coded answer: %s', async (_, bytes, code) => {
    const host = await serve(await makeActivatedHost(vendor))
    const connection = await TestConnection.open(host.address)
    connection.socket.write(bytes)
    expect(await connection.next()).toMatchObject({ kind: 'refusal', code })
    connection.close()
    await granted(host, vendor, new TestMachine('a'))
  })

  it('is left alone when it is a Microsoft client, and its administrator is told', async () => {
    const notes: string[] = []
    const host = await serve(await makeActivatedHost(vendor), { now: start }, { onNote: (text) => notes.push(text) })
    const connection = await TestConnection.open(host.address)
    connection.socket.write(Uint8Array.of(5, 0, 0x0b, 3, 0x10, 0, 0, 0))
    expect(await connection.next()).toBeUndefined()
    expect(notes.join()).toContain('Microsoft')
  })

  it('ends its own connection when it says nothing, trickles, or promises more than it sends', async () => {
    const limits = { firstByte: 100, frame: 300 }
    const host = await serve(await makeActivatedHost(vendor), { now: start }, { limits })
    const silent = await TestConnection.open(host.address)
    const slow = await TestConnection.open(host.address)
    slow.socket.write(Uint8Array.of(0, 0, 1, 0, 1, 2, 3))
    const drip = setInterval(() => slow.socket.write(Uint8Array.of(1)), 20)
    expect([await silent.next(), await slow.next()]).toEqual([undefined, undefined])
    clearInterval(drip)
    await granted(host, vendor, new TestMachine('a'))
  })

  it('ends nothing but its own connection when it breaks that off at any moment', async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const steady = new TestMachine('steady')
    for (let round = 0; round < 40; round += 1) {
      const connection = await TestConnection.open(host.address)
      const { message } = new TestMachine(`broken ${round}`).request(vendor.desktop, start)
      for (let copy = 0; copy < 8; copy += 1) connection.send(message)
      for (let turn = 0; turn < round % 8; turn += 1) await new Promise((next) => setImmediate(next))
      connection.socket.resetAndDestroy()
    }
    await granted(host, vendor, steady)
    await granted(host, vendor, steady)
  })

  it('gets its answer though it has closed its half of the connection', async () => {
    const host = await serve(await makeActivatedHost(vendor))
    const connection = await TestConnection.open(host.address)
    const machine = new TestMachine('a')
    const sent = machine.request(vendor.desktop, start)
    connection.send(sent.message)
    connection.socket.end()
    const answer = await connection.next()
    if (answer !== undefined) machine.accept(vendor, sent, answer)
    expect(answer?.kind).toBe('grant')
    expect(await connection.next()).toBeUndefined()
  })
})

describe('a checkpoint that contradicts the ledger (rule 26)', () => {
  it('ends all granting, beyond a restart, when the ledger was restored from a backup', async () => {
    const dir = await makeActivatedHost(vendor)
    const backup = join(dir, '..', 'backup')
    cpSync(dir, backup, { recursive: true })
    const before = await serve(dir)
    const machine = new TestMachine('witness')
    await granted(before, vendor, machine)
    await before.close()
    rmSync(dir, { recursive: true })
    cpSync(backup, dir, { recursive: true })
    const restored = await serve(dir)
    await granted(restored, vendor, new TestMachine('who has seen nothing'))
    const fork = await ask(restored.address, machine.request(vendor.desktop, start).message)
    expect(fork).toMatchObject({ kind: 'refusal', code: 'LOG_FORKED' })
    expect(restored.status()).toMatchObject({ halted: 'LOG_FORKED' })
    await restored.close()
    const again = await serve(dir)
    const answer = await ask(again.address, new TestMachine('new').request(vendor.desktop, start).message)
    expect(answer).toMatchObject({ code: 'LOG_FORKED' })
  })

  it('says that the host was rolled back when the checkpoint lies beyond its size', async () => {
    const dir = await makeActivatedHost(vendor)
    const host = await serve(dir)
    const logId = Uint8Array.from(Buffer.from(host.status().logId ?? '', 'hex'))
    const head = { size: 99, time: start, logId, x5t: new Uint8Array(32), root: new Uint8Array(32) }
    const key = openKeyFile(vendorFiles(dir, 'example').signingKey)
    const forged = encodeCheckpoint(signTreeHead(head, new TestMachine('').signer))
    const shown = new TestMachine('a').request(vendor.desktop, start, { checkpoint: forged })
    expect(await ask(host.address, shown.message)).toMatchObject({ kind: 'grant' })
    const checkpoint = encodeCheckpoint(signTreeHead(head, key))
    await ask(host.address, { kind: 'host-information-query', ...{ riders: { checkpoint } } })
    expect(host.status().halted).toBe('HOST_ROLLED_BACK')
  })
})

it('a checkpoint that contradicts the ledger stops it, and is told of, though the disk takes no evidence (rule 26)', async () => {
  const dir = await makeActivatedHost(vendor)
  const notes: string[] = []
  const host = await serve(dir, { now: start }, { onNote: (text) => notes.push(text) })
  const files = vendorFiles(dir, 'example')
  const logId = Uint8Array.from(Buffer.from(host.status().logId ?? '', 'hex'))
  const head = { size: 99, time: start, logId, x5t: new Uint8Array(32), root: new Uint8Array(32) }
  const checkpoint = encodeCheckpoint(signTreeHead(head, openKeyFile(files.signingKey)))
  mkdirSync(files.forkEvidence)
  await ask(host.address, { kind: 'host-information-query', ...{ riders: { checkpoint } } })
  expect(host.status().halted).toBe('HOST_ROLLED_BACK')
  expect(notes.join()).toContain('HOST_ROLLED_BACK')
})

describe('the clock of a host (rule 43)', () => {
  it('is not believed far behind the ledger or far ahead of the time that ran, and the ledger never goes back', async () => {
    const clock = { now: start }
    let elapsed = 0
    const host = await serve(await makeActivatedHost(vendor), clock, { elapsed: () => elapsed })
    const machine = new TestMachine('a')
    await granted(host, vendor, machine)
    clock.now = start - hours(4)
    await granted(host, vendor, machine)
    clock.now = start - hours(4) - 1
    expect(await ask(host.address, machine.request(vendor.desktop, start).message)).toMatchObject({
      ...{ code: 'CLOCK_SKEW', detail: { time: clock.now } },
    })
    clock.now = start + hours(24) + 1
    expect(host.status()).toMatchObject({ clock: 'ahead', state: 'licensed' })
    elapsed = 2
    expect(host.status()).toMatchObject({ clock: 'good' })
    await granted(host, vendor, machine, clock.now)
  })

  it('at 2106 stops the host, signs nothing of that time, and heals when it is right again, also over a start', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    let elapsed = 0
    const host = await serve(dir, clock, { elapsed: () => elapsed })
    const machine = new TestMachine('a')
    await granted(host, vendor, machine)
    clock.now = 4_294_967_296
    const refused = await ask(host.address, machine.request(vendor.desktop, clock.now).message)
    expect(refused).toMatchObject({ code: 'CLOCK_SKEW' })
    await host.close()
    const wrong = await serve(dir, clock, { elapsed: () => elapsed })
    expect(wrong.status()).toMatchObject({ clock: 'ahead', applications: [{ count: 1 }] })
    expect(await ask(wrong.address, machine.request(vendor.desktop, clock.now).message)).toMatchObject({
      code: 'CLOCK_SKEW',
    })
    clock.now = start + 60
    elapsed = 60
    expect(wrong.status()).toMatchObject({ clock: 'good' })
    await granted(wrong, vendor, machine, clock.now)
    await wrong.close()
    const right = await serve(dir, clock, { elapsed: () => elapsed })
    await granted(right, vendor, machine, clock.now)
  })

  it('is asked about after a start that lies further behind the last known time than hosts are off, and then accepted', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    const machine = new TestMachine('a')
    const host = await serve(dir, clock)
    await granted(host, vendor, machine)
    await host.close()
    clock.now = start + days(90)
    const rested = await serve(dir, clock)
    await granted(rested, vendor, machine, clock.now)
    await rested.close()
    clock.now += days(91)
    const late = await serve(dir, clock)
    expect(late.status().clock).toBe('ahead')
    expect(late.status().reason).toContain('volact host clock accept')
    expect(await acceptClock(dir, { now: () => clock.now })).toEqual([{ vendor: 'example', time: clock.now }])
    expect(late.status()).toMatchObject({ clock: 'good' })
    await granted(late, vendor, machine, clock.now)
    await late.close()
    clock.now -= days(1)
    await expect(acceptClock(dir, { now: () => clock.now })).rejects.toMatchObject({ code: 'CLOCK_SKEW' })
  })

  it('takes nobody out of the count, and no place out of a pool, because somebody looked while it was wrong', async () => {
    const [dir, clock] = [await makeActivatedHost(vendor), { now: start }]
    let elapsed = 0
    const { token = '' } = await addPool(dir, { pool: 'room', limit: 1, now: () => start })
    const host = await serve(dir, clock, { elapsed: () => elapsed })
    await granted(host, vendor, new TestMachine('a'))
    const pod = new TestMachine('pod')
    pod.pool = parsePoolToken(token)
    const { sent, answer } = await pod.ask(host.address, vendor.desktop, clock.now)
    pod.accept(vendor, sent, answer)
    for (const wrong of [hours(24), days(40), 4_294_967_296]) {
      clock.now = start + wrong
      host.status()
      await ask(host.address, { kind: 'host-information-query' })
    }
    clock.now = start + 60
    elapsed = 60
    expect(host.status()).toMatchObject({ applications: [{ count: 1 }], pools: [{ live: 1, peak: 1 }] })
    await granted(host, vendor, new TestMachine('b'), clock.now)
    expect(host.status()).toMatchObject({ applications: [{ count: 2 }] })
    elapsed = days(40)
    clock.now = start + elapsed
    expect(host.status()).toMatchObject({ applications: [{ count: 0 }], pools: [{ live: 0, peak: 1 }] })
  })
})
