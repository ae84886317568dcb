import { describe, expect, it } from 'vitest'
import { toHex } from '@volact/core/bytes'
import { uuidToBytes } from '@volact/core/catalog/uuid'
import { encodeDetails } from '@volact/core/document/details'
import { parseEntry } from '@volact/core/document/ledger-entry'
import type { ActivationRequest } from '@volact/core/document/request'
import { days } from '@volact/core/time'
import type { Message } from '@volact/core/wire/message'
import { openLedger } from '@volact/ledger/open-ledger'
import { vendorFiles } from './folder/files.ts'
import { makeActivatedHost, serve, type TestClock } from './host.fixture.ts'
import { ask, type SentRequest, TestMachine } from './machine.fixture.ts'
import type { RunningHost, StartHostOptions } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

interface Scene {
  readonly dir: string
  readonly clock: TestClock
  readonly host: RunningHost
  readonly notes: string[]
}

async function scene(more: Partial<StartHostOptions> = {}): Promise<Scene> {
  const [dir, clock, notes] = [await makeActivatedHost(vendor), { now: start }, [] as string[]]
  return { dir, clock, notes, host: await serve(dir, clock, { onNote: (text) => notes.push(text), ...more }) }
}

function fastOf(host: RunningHost): number {
  return host.figures().vendors.reduce((sum, { fast }) => sum + fast, 0)
}

/** Activates a machine and renews it once, so that all that comes is like the last verified request. */
async function settled({ host, clock }: Scene, machine: TestMachine): Promise<void> {
  for (let round = 0; round < 2; round += 1) await renewed(host, machine, clock)
}

async function renewed(
  host: RunningHost,
  machine: TestMachine,
  clock: TestClock,
  changes: Partial<ActivationRequest> = {},
): Promise<SentRequest> {
  clock.now += days(7)
  const { sent, answer } = await machine.ask(host.address, vendor.desktop, clock.now, changes)
  machine.accept(vendor, sent, answer)
  return sent
}

/** Waits until no signature is owed any more. */
async function drained(host: RunningHost): Promise<void> {
  while (host.figures().unverified > 0) await new Promise((later) => setTimeout(later, 5))
}

function withBytes(message: Message, request: Uint8Array): Message {
  if (message.kind !== 'activate') throw new Error('no request')
  return { ...message, request }
}

function forged({ bytes, message }: SentRequest): Message {
  const other = Uint8Array.from(bytes)
  other[other.length - 1] = Number(other.at(-1)) ^ 1
  return withBytes(message, other)
}

function kindsIn(dir: string): readonly string[] {
  const ledger = openLedger(vendorFiles(dir, 'example').ledger)
  const kinds = [...ledger.entries()].map((bytes) => (bytes === undefined ? 'erased' : parseEntry(bytes).kind))
  ledger.close()
  return kinds
}

describe('the fast way (rule 15)', () => {
  it('renews what differs in nothing but what must, and has its signature verified afterwards', async () => {
    const at = await scene()
    const machine = new TestMachine('a')
    await settled(at, machine)
    expect(fastOf(at.host)).toBe(0)
    for (let week = 0; week < 5; week += 1) {
      await renewed(at.host, machine, at.clock)
      await drained(at.host)
    }
    expect(fastOf(at.host)).toBe(5)
    expect(at.host.figures().verification.verified).toBeGreaterThanOrEqual(7)
  })

  it('is not for a request in which anything else has changed', async () => {
    const at = await scene()
    const changes: readonly Partial<ActivationRequest>[] = [
      { state: 1 },
      { audience: { kind: 'address', address: 'host:1688' } },
      { prev: new Uint8Array(16) },
      { anchor: new Uint8Array(32).fill(9) },
      { flags: { weak: true, virtual: false, ephemeral: false } },
      { product: uuidToBytes(vendor.server) },
      { challenge: new Uint8Array(16) },
    ]
    for (const [position, change] of changes.entries()) {
      const machine = new TestMachine(`machine ${position}`)
      await settled(at, machine)
      const answer = await ask(at.host.address, machine.request(vendor.desktop, at.clock.now, change).message)
      expect(['grant', 'challenge', 'refusal']).toContain(answer.kind)
      expect(fastOf(at.host)).toBe(0)
    }
    const renamed = new TestMachine('before')
    await settled(at, renamed)
    const sent = renamed.copy('after').request(vendor.desktop, at.clock.now)
    expect(await ask(at.host.address, sent.message)).toMatchObject({ kind: 'grant' })
    expect(fastOf(at.host)).toBe(0)
  })

  it('is not for details beside the request that are not those it was signed for', async () => {
    const at = await scene()
    const machine = new TestMachine('a')
    await settled(at, machine)
    const sent = machine.request(vendor.desktop, at.clock.now)
    const other = { ...(sent.message as Message & { kind: 'activate' }), details: encodeDetails({ name: 'other' }) }
    expect(await ask(at.host.address, other)).toMatchObject({ code: 'MALFORMED' })
    expect(fastOf(at.host)).toBe(0)
  })

  it('rests at most one grant of a license on a signature that is not verified: the next renewal waits', async () => {
    const at = await scene()
    const machine = new TestMachine('a')
    await settled(at, machine)
    const first = machine.request(vendor.desktop, at.clock.now)
    const answer = await ask(at.host.address, first.message)
    machine.accept(vendor, first, answer)
    const second = machine.request(vendor.desktop, at.clock.now)
    machine.accept(vendor, second, await ask(at.host.address, second.message))
    expect(at.host.figures().vendors[0]?.disputed).toBe(0)
    expect(at.host.figures().unverified).toBeLessThanOrEqual(1)
  })

  it('disputes a grant on a forged signature, takes it back, and sends the license the slow way; nobody is harmed', async () => {
    const at = await scene()
    const machine = new TestMachine('victim')
    await settled(at, machine)
    const { ledger } = at.host.status()
    const held = machine.request(vendor.desktop, at.clock.now)
    expect(await ask(at.host.address, forged(held))).toMatchObject({ kind: 'grant' })
    await drained(at.host)
    expect(at.host.figures().vendors[0]).toMatchObject({ fast: 1, disputed: 1 })
    expect(at.notes.join()).toContain('forged signature')
    // The grant before it is the last one again, and its machine is renewed as if nothing had been; verified first.
    await renewed(at.host, machine, at.clock)
    expect(at.host.figures().vendors[0]).toMatchObject({ fast: 1 })
    await renewed(at.host, machine, at.clock)
    expect(at.host.figures().vendors[0]).toMatchObject({ fast: 2, disputed: 1 })
    expect(at.host.status()).toMatchObject({ forks: 0, twins: 0, applications: [{ count: 1 }] })
    await at.host.close()
    expect(kindsIn(at.dir).slice(ledger?.size)).toEqual(['grant', 'disputed', 'grant', 'grant'])
  })

  it('notes no fork against a grant on a forged signature (rule 18)', async () => {
    const at = await scene()
    const machine = new TestMachine('victim')
    await settled(at, machine)
    const held = machine.request(vendor.desktop, at.clock.now)
    const honest = machine.request(vendor.desktop, at.clock.now)
    const answers = await Promise.all([
      ask(at.host.address, forged(held)),
      ask(at.host.address, honest.message as Message),
    ])
    expect(answers[0]).toMatchObject({ kind: 'grant' })
    const second = answers[1]
    if (second.kind === 'grant') machine.accept(vendor, honest, second)
    else await renewed(at.host, machine, at.clock)
    await drained(at.host)
    expect(at.host.status()).toMatchObject({ forks: 0, twins: 0 })
  })

  it('is the same after a restart; what was not verified by then is verified again', async () => {
    const at = await scene()
    const machine = new TestMachine('a')
    await settled(at, machine)
    await drained(at.host)
    const held = machine.request(vendor.desktop, at.clock.now)
    // As a host that is killed before it has looked at the signature.
    await ask(at.host.address, forged(held))
    await at.host.close()
    const again = await serve(at.dir, at.clock, { onNote: (text) => at.notes.push(text) })
    await drained(again)
    await renewed(again, machine, at.clock)
    await drained(again)
    expect(again.status()).toMatchObject({ forks: 0, twins: 0 })
    await again.close()
    expect(kindsIn(at.dir).filter((kind) => kind === 'disputed')).toHaveLength(1)
  })

  it('makes no more when too many signatures are owed: renewals are verified first (rule 40)', async () => {
    const at = await scene({ verification: { owed: 0 } })
    const machine = new TestMachine('a')
    await settled(at, machine)
    await renewed(at.host, machine, at.clock)
    expect(at.host.figures()).toMatchObject({ unverified: 0, vendors: [{ fast: 0 }] })
  })

  it('tells the same story as the slow way: the same grants, counts and refusals for the same history', async () => {
    const stories = await Promise.all(
      (['on', 'off'] as const).map(async (fastWay) => {
        const at = await scene({ fastWay })
        const machines = ['a', 'b', 'c'].map(
          (name) => new TestMachine(name, new Uint8Array(32).fill(name.charCodeAt(0))),
        )
        const told: unknown[] = []
        for (const which of [0, 1, 0, 2, 1, 0, 0, 2, 1, 1, 0, 2]) {
          const machine = machines[which]
          if (machine === undefined) continue
          at.clock.now += days(3)
          const { sent, answer } = await machine.ask(at.host.address, vendor.desktop, at.clock.now)
          const { grant } = machine.accept(vendor, sent, answer)
          await drained(at.host)
          told.push([
            which,
            grant.index,
            grant.count,
            grant.expires,
            grant.threshold,
            grant.renewalMinutes,
            grant.state,
          ])
        }
        const { applications, forks, twins, ledger } = at.host.status()
        expect(fastOf(at.host) > 0).toBe(fastWay === 'on')
        return { told, applications, forks, twins, size: ledger?.size }
      }),
    )
    expect(ids(stories[0])).toEqual(ids(stories[1]))
  })
})

describe('the same bytes again (rule 17)', () => {
  it('get a new receipt three times at once, and then wait with the strangers', async () => {
    const at = await scene()
    const machine = new TestMachine('a')
    const sent = await renewed(at.host, machine, at.clock)
    const verified = (): number => at.host.figures().verification.verified
    const before = verified()
    const entries = new Set<string>()
    for (let again = 0; again < 3; again += 1) {
      const answer = await ask(at.host.address, sent.message)
      if (answer.kind !== 'grant') throw new Error(`no grant but ${answer.kind}`)
      entries.add(toHex(answer.entry))
    }
    expect(verified()).toBe(before)
    expect(await ask(at.host.address, sent.message as Message)).toMatchObject({ kind: 'grant' })
    expect([verified(), entries.size]).toEqual([before + 1, 1])
  })
})

/** Vendors of two scenes are the same; the applications of a status have no IDs of a machine. */
function ids(story: unknown): unknown {
  return JSON.parse(JSON.stringify(story))
}
