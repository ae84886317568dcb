import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { readForkNote } from '@volact/core/document/fork-entry'
import { parseEntry } from '@volact/core/document/ledger-entry'
import { openTwinNotice, type TwinNotice } from '@volact/core/document/twin-notice'
import type { VerifiedAnswer } from '@volact/core/document/verify-answer'
import { days } from '@volact/core/time'
import type { Message } from '@volact/core/wire/message'
import { openLedger } from '@volact/ledger/open-ledger'
import { hostFiles, vendorFiles } from './folder/files.ts'
import { hostStatus } from './host-status.ts'
import { makeActivatedHost, serve, type TestClock } from './host.fixture.ts'
import { ask, type SentRequest, TestMachine } from './machine.fixture.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

interface Renewed {
  readonly answer: VerifiedAnswer
  readonly twin: TwinNotice | undefined
  readonly sent: SentRequest
  readonly message: Message
}

async function renew(host: RunningHost, machine: TestMachine, clock: TestClock): Promise<Renewed> {
  const { sent, answer: message } = await machine.ask(host.address, vendor.desktop, clock.now)
  const answer = machine.accept(vendor, sent, message)
  return { answer, sent, message, twin: message.kind === 'grant' ? message.twin : undefined }
}

/** Renews weekly in an order such as `ABAB`, and gives what each renewal brought. */
async function renewInTurn(
  host: RunningHost,
  clock: TestClock,
  machines: Readonly<Record<string, TestMachine>>,
  order: string,
): Promise<readonly Renewed[]> {
  const renewals: Renewed[] = []
  for (const which of order) {
    const machine = machines[which]
    if (machine === undefined) throw new Error(`no machine ${which}`)
    clock.now += days(7)
    renewals.push(await renew(host, machine, clock))
  }
  return renewals
}

async function startWithTwins(): Promise<{
  dir: string
  clock: TestClock
  host: RunningHost
  notes: string[]
  twins: Readonly<Record<'A' | 'B', TestMachine>>
}> {
  const [dir, clock, notes] = [await makeActivatedHost(vendor), { now: start }, [] as string[]]
  const host = await serve(dir, clock, { onNote: (text) => notes.push(text) })
  const original = new TestMachine('original')
  await renew(host, original, clock)
  return { dir, clock, host, notes, twins: { A: original, B: original.copy('copy') } }
}

function notesIn(dir: string): readonly string[] {
  const ledger = openLedger(vendorFiles(dir, 'example').ledger)
  const acts = [...ledger.entries()].flatMap((bytes) => (bytes && readForkNote(parseEntry(bytes))?.act) ?? [])
  ledger.close()
  return acts
}

describe('twins at a host (rule 18)', () => {
  it('are noted at once, warned of when both have shown themselves, and one is told, with a receipt for its own nonce', async () => {
    const { dir, clock, host, notes, twins } = await startWithTwins()
    const renewals = await renewInTurn(host, clock, twins, 'ABAB')
    expect(renewals.map(({ twin }) => twin !== undefined)).toEqual([false, false, false, true])
    const told = renewals[3]
    if (told?.twin === undefined) throw new Error('nobody was told')
    expect(openTwinNotice(told.twin, told.answer, told.sent.request.prev)).toMatchObject({ time: clock.now })
    for (const { answer, sent } of renewals.slice(0, 3)) {
      const notice = told.twin
      expect(() => openTwinNotice(notice, answer, sent.request.prev)).toThrow(
        expect.objectContaining({ code: 'LEASE_MISMATCH' }) as Error,
      )
    }
    expect(host.status()).toMatchObject({ forks: 2, twins: 1 })
    const { latestForks } = await hostStatus(dir, { now: () => clock.now })
    expect(latestForks?.map(({ act, names }) => [act, ...names])).toEqual([
      ['twin', 'copy', 'original'],
      ['fork-again', 'original', 'copy'],
      ['fork', 'copy', 'original'],
    ])
    expect(notes.filter((note) => note.includes('"copy"') && note.includes('"original"'))).toHaveLength(2)
    await host.close()
    expect(notesIn(dir)).toEqual(['fork', 'fork-again', 'twin'])
    expect(await hostStatus(dir, { now: () => clock.now })).toMatchObject({
      forks: 2,
      twins: 1,
      latestForks: [{}, {}, {}],
    })
  })

  it('are known beyond a restart, because the ledger says it all, without a name (rule 31)', async () => {
    const { dir, clock, host, twins } = await startWithTwins()
    await renewInTurn(host, clock, twins, 'AB')
    await host.close()
    const second = await serve(dir, clock)
    await renewInTurn(second, clock, twins, 'A')
    await second.close()
    const third = await serve(dir, clock)
    const [told] = await renewInTurn(third, clock, twins, 'B')
    expect(told?.twin).toBeDefined()
    await third.close()
    const ledger = openLedger(vendorFiles(dir, 'example').ledger)
    for (const entry of ledger.entries())
      expect(Buffer.from(entry ?? []).toString('latin1')).not.toMatch(/original|copy/)
    ledger.close()
  })

  it('hear it again when they repeat the request, because the answer was lost, beyond a restart, too (rule 17)', async () => {
    const { dir, clock, host, twins } = await startWithTwins()
    const told = (await renewInTurn(host, clock, twins, 'ABAB')).at(-1)
    if (told?.message.kind !== 'grant') throw new Error('nobody was told')
    await host.close()
    const restarted = await serve(dir, clock)
    await renew(restarted, new TestMachine('another'), clock)
    const again = await ask(restarted.address, told.sent.message)
    if (again.kind !== 'grant' || again.twin === undefined) throw new Error('not told again')
    expect(toHex(again.twin.entry)).toBe(toHex(told.twin?.entry ?? new Uint8Array()))
    expect(openTwinNotice(again.twin, twins.B.accept(vendor, told.sent, again), told.sent.request.prev)).toMatchObject({
      time: clock.now,
    })
  })

  it('hear it again when they never got the answer, and the other one has asked since', async () => {
    const { clock, host, twins } = await startWithTwins()
    await renewInTurn(host, clock, twins, 'ABA')
    const { prev } = twins.B
    await renewInTurn(host, clock, twins, 'B')
    twins.B.prev = prev
    const renewals = await renewInTurn(host, clock, twins, 'AB')
    expect(renewals[1]?.twin).toBeDefined()
  })

  it('are warned of without an index, too, then with the one name that the request has', async () => {
    const [dir, clock, notes] = [await makeActivatedHost(vendor), { now: start }, [] as string[]]
    mkdirSync(hostFiles(dir).index)
    const host = await serve(dir, clock, { onNote: (text) => notes.push(text) })
    const original = new TestMachine('original')
    await renew(host, original, clock)
    await renewInTurn(host, clock, { A: original, B: original.copy('copy') }, 'ABAB')
    expect(await hostStatus(dir, { now: () => clock.now })).toMatchObject({
      ...{ forks: 2, twins: 1, latestForks: [] },
      index: { state: 'unavailable', problem: expect.stringContaining('is a folder') as string },
    })
    expect(notes.filter((note) => note.includes('machine without a name')).map((note) => note.slice(0, 12))).toEqual([
      '"original" a',
      '"copy" and a',
    ])
  })

  it('write no line of their own into a log, whatever they call themselves', async () => {
    const [dir, clock, notes] = [await makeActivatedHost(vendor), { now: start }, [] as string[]]
    const host = await serve(dir, clock, { onNote: (text) => notes.push(text) })
    const original = new TestMachine('a\nvolact: all is well')
    await renew(host, original, clock)
    await renewInTurn(host, clock, { A: original, B: original.copy('b\r\n\u001b[2J') }, 'ABAB')
    await hostStatus(dir, { now: () => clock.now })
    expect(notes).toHaveLength(2)
    for (const note of notes) expect(note).not.toMatch(/[\r\n\u001b]/)
  })

  it('leave one machine alone once the other has a new identity; both are served, and count once with one anchor (rule 35)', async () => {
    const { clock, host, twins } = await startWithTwins()
    await renewInTurn(host, clock, twins, 'ABAB')
    const fresh = new TestMachine('copy', twins.A.anchor)
    const renewals = await renewInTurn(host, clock, { A: twins.A, C: fresh }, 'ACACAC')
    expect(renewals.filter(({ twin }) => twin !== undefined)).toEqual([])
    expect(host.status()).toMatchObject({ machines: 2, twins: 1, applications: [{ count: 1 }] })
  })

  it('count as two with other hardware', async () => {
    const { clock, host, twins } = await startWithTwins()
    await renewInTurn(host, clock, { A: twins.A, C: new TestMachine('copy') }, 'AC')
    expect(host.status()).toMatchObject({ applications: [{ count: 2 }] })
  })
})

describe('a machine that lost its memory (rule 18)', () => {
  it('and names no grant although it has one is noted as a fork, after a challenge, and served', async () => {
    const { clock, host, twins } = await startWithTwins()
    twins.A.prev = undefined
    const first = twins.A.request(vendor.desktop, clock.now)
    expect(await ask(host.address, first.message)).toMatchObject({ kind: 'challenge' })
    const [renewed] = await renewInTurn(host, clock, twins, 'A')
    expect(renewed?.twin).toBeUndefined()
    expect(host.status()).toMatchObject({ forks: 1, twins: 0 })
  })

  it('again and again, as a kiosk that is put back every night, is never told that it is a twin', async () => {
    const { clock, host, twins } = await startWithTwins()
    const { prev } = twins.A
    for (let night = 0; night < 20; night += 1) {
      clock.now += days(1)
      twins.A.prev = prev
      expect((await renew(host, twins.A, clock)).twin).toBeUndefined()
    }
    expect(host.status()).toMatchObject({ forks: 19, twins: 0 })
  })

  it('leaves no note while it is refused: nothing was superseded', async () => {
    const { clock, host, twins } = await startWithTwins()
    clock.now += days(1_001)
    twins.A.prev = undefined
    expect((await twins.A.ask(host.address, vendor.desktop, clock.now)).answer).toMatchObject({ kind: 'refusal' })
    expect(host.status()).toMatchObject({ forks: 0, twins: 0 })
  })

  it('is not noted when it has given its license back before', async () => {
    const { clock, host, twins } = await startWithTwins()
    const { answer } = await renew(host, twins.A, clock)
    expect(await ask(host.address, twins.A.release(answer.grant, clock.now))).toMatchObject({ kind: 'released' })
    await renewInTurn(host, clock, twins, 'B')
    expect(host.status()).toMatchObject({ forks: 0, twins: 0 })
  })
})
