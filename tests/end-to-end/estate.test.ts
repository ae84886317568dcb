import { randomInt } from 'node:crypto'
import { onTestFinished, describe, expect, it } from 'vitest'
import { days, hours } from '@volact/core/time'
import { makeActivatedHost, serve, type TestClock } from '@volact/host/host.fixture'
import type { RunningHost, StartHostOptions } from '@volact/host/start-host'
import { makeVendor, start, type TestVendor } from '@volact/host/vendor.fixture'
import { isLong } from '@volact/testkit/rounds'
import { Line } from './estate-line.fixture.ts'
import { EstateMachine, type Fate, type Send, type Stored } from './estate-machine.fixture.ts'
import { randomFrom } from './twins.fixture.ts'

/** A run is repeated with `VOLACT_SEED`; keys and nonces are of the operating system in any case. */
const given = Number(process.env['VOLACT_SEED'])
const seed = Number.isSafeInteger(given) && given !== 0 ? given : randomInt(1, 2 ** 31)

/** How many machines live through each story, and how long. */
const machines = isLong() ? 2_000 : 100
const weeks = isLong() ? 12 : 10
const patience = 1_800_000

/** How many connections the machines of a site share, each with one question at a time. */
const lines = 32

/** Machines come in their hundreds within a second here, which no office has: the budget of rule 39 is that of the lab. */
const budgets: Partial<StartHostOptions> = { strangers: { perSecond: 1_000_000, perDay: 1_000_000 } }

class Site {
  readonly clock: TestClock
  readonly dir: string
  host: RunningHost
  #lines: Line[] = []

  private constructor(clock: TestClock, dir: string, host: RunningHost) {
    this.clock = clock
    this.dir = dir
    this.host = host
  }

  static async start(vendor: TestVendor, clock: TestClock = { now: start }): Promise<Site> {
    const dir = await makeActivatedHost(vendor, { thresholds: new Map([['server', 1]]) })
    const site = new Site(clock, dir, await serve(dir, clock, budgets))
    await site.#connect()
    onTestFinished(() => {
      site.#disconnect()
    })
    return site
  }

  async restart(): Promise<void> {
    this.#disconnect()
    await this.host.close()
    this.host = await serve(this.dir, this.clock, budgets)
    await this.#connect()
  }

  /** Does something for each machine, as many of them at a time as there are lines. */
  async each(
    all: readonly EstateMachine[],
    run: (machine: EstateMachine, send: Send, index: number) => Promise<void>,
  ): Promise<void> {
    let next = 0
    await Promise.all(
      this.#lines.map(async (line) => {
        for (let index = next; index < all.length; index = next) {
          next += 1
          const machine = all[index]
          if (machine !== undefined) await run(machine, (message) => line.ask(message), index)
        }
      }),
    )
  }

  async #connect(): Promise<void> {
    this.#lines = await Promise.all(Array.from({ length: lines }, () => Line.open(this.host.address)))
  }

  #disconnect(): void {
    for (const line of this.#lines) line.close()
  }
}

function makeMachines(count: number): readonly EstateMachine[] {
  return Array.from({ length: count }, (_, index) => new EstateMachine(`machine-${String(index)}`))
}

interface Story {
  readonly loss?: number
  readonly crash?: number
  /** Chance that the host is ended and started again in a week. */
  readonly hostDies?: number
  readonly snapshot?: number
  readonly isKiosk?: boolean
  readonly isReplayed?: boolean
}

const stories: readonly (readonly [string, Story])[] = [
  ['20 % of requests and of answers are lost', { loss: 0.2 }],
  ['clients and the host crash', { loss: 0.1, crash: 0.1, hostDies: 0.3 }],
  ['older snapshots are restored now and then', { loss: 0.05, snapshot: 0.02 }],
  ['they are kiosks that are put back every time', { loss: 0.05, isKiosk: true }],
  ['a recorded month of their requests is sent again', { loss: 0.1, isReplayed: true }],
]

/** The attempts of one machine in one week, until it is granted or gives up for this week. */
async function renew(machine: EstateMachine, product: string, site: Site, send: Send, fate: () => Fate): Promise<void> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    if (await machine.attempt(product, site.clock.now + attempt, send, fate())) return
  }
}

describe(`${String(machines)} honest machines raise no false twin alarm over the wire (rule 18; VOLACT_SEED=${String(seed)})`, () => {
  it.each(stories)(
    'when %s',
    async (_, { loss = 0, crash = 0, hostDies = 0, snapshot = 0, isKiosk = false, isReplayed = false }) => {
      const random = randomFrom(seed)
      const vendor = makeVendor({ threshold: 1 })
      const site = await Site.start(vendor)
      const all = makeMachines(machines)
      const saved: Stored[][] = all.map(() => [])
      const fate = (): Fate => ({
        request: random() < loss ? 'lost' : 'passed',
        // A client that dies before it has stored the answer is one that has never got it.
        answer: random() < loss || random() < crash ? 'lost' : 'passed',
      })
      for (let week = 0; week < weeks; week += 1) {
        await site.each(all, async (machine, send, index) => {
          await renew(machine, vendor.desktop, site, send, fate)
          const shots = saved[index] ?? []
          const shot = shots[Math.floor(random() * shots.length)]
          if (random() < snapshot && shot !== undefined) machine.restore(shot)
          if (isKiosk && week > 2) machine.restore(shots[2] ?? machine.save())
          shots.push(machine.save())
          if (isReplayed && week === 5) for (const message of machine.sent.slice()) await send(message)
        })
        if (random() < hostDies) await site.restart()
        site.clock.now += days(7)
      }
      expect(site.host.status()).toMatchObject({ twins: 0, machines })
      expect(all.filter(({ told }) => told > 0)).toEqual([])
      expect([...new Set(all.flatMap(({ refusals }) => refusals))]).toEqual([])
    },
    patience,
  )

  it(
    'when two products ask at once, and answers are lost',
    async () => {
      const random = randomFrom(seed)
      const vendor = makeVendor({ threshold: 1 })
      const site = await Site.start(vendor)
      const all = makeMachines(machines)
      const fate = (): Fate => ({ request: 'passed', answer: random() < 0.2 ? 'lost' : 'passed' })
      for (let week = 0; week < weeks; week += 1) {
        await site.each(all, async (machine, send) => {
          await Promise.all([vendor.desktop, vendor.server].map((product) => renew(machine, product, site, send, fate)))
        })
        site.clock.now += days(7)
      }
      expect(site.host.status()).toMatchObject({ twins: 0, machines })
      expect(all.filter(({ told }) => told > 0)).toEqual([])
    },
    patience,
  )

  it(
    'when they ask two hosts in turn, and answers are lost',
    async () => {
      const random = randomFrom(seed)
      const vendor = makeVendor({ threshold: 1 })
      const clock = { now: start }
      const sites = [await Site.start(vendor, clock), await Site.start(vendor, clock)] as const
      const all = makeMachines(machines)
      const fate = (): Fate => ({ request: 'passed', answer: random() < 0.2 ? 'lost' : 'passed' })
      for (let week = 0; week < weeks; week += 1) {
        const site = sites[week % 2 === 0 ? 0 : 1]
        for (const machine of all) machine.host = site.host.address
        await site.each(all, (machine, send) => renew(machine, vendor.desktop, site, send, fate))
        clock.now += days(7)
      }
      for (const site of sites) expect(site.host.status()).toMatchObject({ twins: 0, machines })
      expect(all.filter(({ told }) => told > 0)).toEqual([])
    },
    patience,
  )
})

describe(`${String(machines)} pairs of twins (rule 18; VOLACT_SEED=${String(seed)})`, () => {
  it(
    'that renew weekly, in any order, are told apart within three renewals each',
    async () => {
      const random = randomFrom(seed)
      const vendor = makeVendor({ threshold: 1 })
      const site = await Site.start(vendor)
      const originals = makeMachines(machines)
      await site.each(originals, (machine, send) => renew(machine, vendor.desktop, site, send, passed))
      const copies = originals.map((machine, index) => machine.copy(`copy-${String(index)}`))
      for (let week = 0; week < 3; week += 1) {
        site.clock.now += days(7)
        await site.each(originals, async (machine, send, index) => {
          const copy = copies[index]
          if (copy === undefined) throw new Error('each original has a copy')
          const turn = random() < 0.5 ? [machine, copy] : [copy, machine]
          for (const one of turn)
            if (machine.told + copy.told === 0) await renew(one, vendor.desktop, site, send, passed)
        })
      }
      expect(originals.filter(({ told }, index) => told + (copies[index]?.told ?? 0) !== 1)).toHaveLength(0)
    },
    patience,
  )
})

describe('a request that was held back', () => {
  it('and is sent with forged bytes ends as disputed, and harms nobody (rule 15)', async () => {
    const vendor = makeVendor({ threshold: 1 })
    const site = await Site.start(vendor)
    const all = makeMachines(20)
    // The first request names the host, the second one its ledger: only then does the next one fit.
    for (let week = 0; week < 2; week += 1) {
      await site.each(all, (machine, send) => renew(machine, vendor.desktop, site, send, passed))
      site.clock.now += days(7)
    }
    await site.each(all, async (machine, send) => {
      const forged = machine.prepare(vendor.desktop, site.clock.now).slice()
      // The signature is what the message's request ends with, before salt and details.
      const at = forged.length - 120
      forged[at] = (forged[at] ?? 0) ^ 1
      await send(forged)
    })
    site.clock.now += hours(2)
    await site.each(all, (machine, send) => renew(machine, vendor.desktop, site, send, passed))
    site.clock.now += days(7)
    await site.each(all, (machine, send) => renew(machine, vendor.desktop, site, send, passed))
    const signatures = { unverified: 0, disputed: 20 }
    await expect.poll(() => site.host.status()).toMatchObject({ forks: 0, twins: 0, machines: 20, signatures })
    expect(all.flatMap(({ refusals }) => refusals)).toEqual([])
  })
})

function passed(): Fate {
  return { request: 'passed', answer: 'passed' }
}
