import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hours } from '@volact/core/time'
import type { Message } from '@volact/core/wire/message'
import { rounds } from '@volact/testkit/rounds'
import { Machine, night, randomFrom, Site, week } from './twins.fixture.ts'
import { send } from './twins-proxy.fixture.ts'

/** A run is repeated with `VOLACT_SEED`; keys and nonces are of the operating system in any case. */
const given = Number(process.env['VOLACT_SEED'])
const first = Number.isSafeInteger(given) && given !== 0 ? given : randomInt(1, 2 ** 31)
const seeds = Array.from({ length: rounds(10) }, (_, round) => first + round)

/** What may happen to an honest machine, each with its probability in one attempt, or between two. */
interface Story {
  readonly loss?: number
  /** The client dies while it asks: before the answer has come, or after some of what it writes then. */
  readonly clientDies?: number
  /** The host is ended and started again, before it gets a request. */
  readonly hostDies?: number
  readonly snapshot?: number
  readonly isPutBack?: boolean
  /** After so many attempts all that was asked before is sent again. */
  readonly replayedAfter?: number
  readonly every: number
  readonly times: number
  /** The least number of forks, so that the trial is known to have tried something. */
  readonly forks: number
}

const stories: readonly (readonly [string, Story])[] = [
  ['20 % of requests and of answers are lost', { loss: 0.2, every: week, times: 20, forks: 0 }],
  [
    'client and host crash at any moment',
    { loss: 0.1, clientDies: 0.3, hostDies: 0.2, every: week, times: 20, forks: 0 },
  ],
  ['an older snapshot is restored now and then', { loss: 0.05, snapshot: 0.1, every: week, times: 20, forks: 0 }],
  ['it is a kiosk that is put back every night', { isPutBack: true, every: night, times: 20, forks: 18 }],
  ['a month of its requests is sent again', { every: night, times: 30, replayedAfter: 28, forks: 0 }],
]

/** Lives through a story, and gives its site. */
async function live(seed: number, story: Story): Promise<Site> {
  const { loss = 0, clientDies = 0, hostDies = 0, snapshot = 0, isPutBack = false, replayedAfter } = story
  const random = randomFrom(seed)
  const site = await Site.start()
  const machine = await Machine.make(site)
  const sent: Uint8Array[] = []
  /** The folder of the client as it was in the attempt in which it dies. */
  const dying: string[] = []
  const way = {
    request: async (message: Uint8Array) => {
      sent.push(message)
      if (random() < hostDies) await site.restart()
      if (random() < clientDies) dying.push(machine.save())
      return random() < loss ? 'lost' : 'passed'
    },
    answer: () => (random() < loss ? 'lost' : 'passed'),
  } as const
  expect(await machine.ask()).toBe('granted')
  site.proxy.way = way
  const snapshots = [machine.save()]
  for (let time = 1; time <= story.times; time += 1) {
    site.clock.time += story.every
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const outcome = await machine.ask()
      for (const asking of dying.splice(0).slice(-1)) machine.restorePartly(asking, Math.floor(random() * 6))
      if (outcome === 'granted') break
      site.clock.time += hours(2)
    }
    if (isPutBack) machine.restore(snapshots[0] ?? '')
    if (random() < snapshot) machine.restore(snapshots[Math.floor(random() * snapshots.length)] ?? '')
    if (snapshot > 0) snapshots.push(machine.save())
    if (time === replayedAfter) for (const message of sent.slice()) await send(site.host.address, message)
  }
  site.proxy.way = { request: () => 'passed', answer: () => 'passed' }
  expect(await machine.askUntilGranted(), `seed ${String(seed)}`).toBe('granted')
  return site
}

describe(`an honest machine raises no twin alarm (rule 18; VOLACT_SEED=${String(first)})`, () => {
  it.each(stories)('when %s', async (_, story) => {
    for (const seed of seeds) {
      const site = await live(seed, story)
      expect(site.host.status(), `seed ${String(seed)}`).toMatchObject({ twins: 0, machines: 1 })
      expect(site.host.status().forks, `seed ${String(seed)}`).toBeGreaterThanOrEqual(story.forks)
    }
  })

  it('when two of its products ask at once, answers get lost and the host is restarted', async () => {
    const site = await Site.start()
    const products = [site.vendor.desktop, site.vendor.server]
    const machine = await Machine.make(site, products)
    const random = randomFrom(first)
    site.proxy.way = { request: () => 'passed', answer: () => (random() < 0.2 ? 'lost' : 'passed') }
    for (let time = 0; time < 8; time += 1) {
      const others = [machine, new Machine(site, machine.dir)]
      for (let attempt = 0; attempt < 4; attempt += 1) {
        await Promise.all(others.map((one, index) => one.ask(site, products[index])))
      }
      if (time % 3 === 2) await site.restart()
      site.clock.time += week
    }
    site.proxy.way = { request: () => 'passed', answer: () => 'passed' }
    for (const product of products) expect(await machine.ask(site, product)).toBe('granted')
    expect(site.host.status()).toMatchObject({ twins: 0, machines: 1 })
  })

  it('when it asks two hosts in turn, and answers get lost', async () => {
    const site = await Site.start()
    const other = await Site.start(site.clock, site.vendor)
    const machine = await Machine.make(site)
    const random = randomFrom(first)
    for (const { proxy } of [site, other]) {
      proxy.way = { request: () => 'passed', answer: () => (random() < 0.2 ? 'lost' : 'passed') }
    }
    for (let time = 0; time < 20; time += 1) {
      await machine.askUntilGranted(random() < 0.5 ? site : other)
      site.clock.time += week
    }
    for (const { host } of [site, other]) expect(host.status()).toMatchObject({ twins: 0, machines: 1 })
  })
})

describe(`two identical twins that renew in turn (rule 18; VOLACT_SEED=${String(first)})`, () => {
  it.each(['AB', 'BA', 'AABB', 'ABBA'])(
    'in the order %s are noted at once, and one is told within three renewals each',
    async (order) => {
      const site = await Site.start()
      const original = await Machine.make(site)
      expect(await original.ask()).toBe('granted')
      const twins = { A: original, B: original.copy() } as const
      const renewals = { A: 0, B: 0 }
      const told: Message[] = []
      site.proxy.way = {
        request: () => 'passed',
        answer: (message) => {
          if (message.kind === 'grant' && message.twin !== undefined) told.push(message)
          return 'passed'
        },
      }
      for (const which of order.repeat(6)) {
        site.clock.time += week
        const name = which === 'A' ? 'A' : 'B'
        expect(await twins[name].ask()).toBe('granted')
        renewals[name] += 1
        if (renewals.A > 0 && renewals.B > 0) expect(site.host.status().forks).toBeGreaterThan(0)
        if (told.length > 0) break
      }
      expect(told).toHaveLength(1)
      expect(Math.min(renewals.A, renewals.B)).toBeLessThanOrEqual(3)
      expect(site.host.status().twins).toBe(1)
      expect(await twins.A.id()).not.toBe(await twins.B.id())
      for (const name of ['A', 'B', 'B', 'A', 'B', 'A'] as const) {
        site.clock.time += week
        expect(await twins[name].askUntilGranted()).toBe('granted')
      }
      // Equal hardware counts once (rule 35), and nobody is told again.
      expect(site.host.status()).toMatchObject({ twins: 1, machines: 2, applications: [{ count: 1 }] })
      expect(told).toHaveLength(1)
    },
  )
})
