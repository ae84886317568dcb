import { describe, expect, it } from 'vitest'
import type { Grant } from '@volact/core/document/grant'
import type { Message } from '@volact/core/wire/message'
import { days } from '@volact/core/time'
import { makeActivatedHost, serve } from './host.fixture.ts'
import { ask, TestMachine } from './machine.fixture.ts'
import { QuantityWatch } from './pipeline/quantity.ts'
import type { RunningHost } from './start-host.ts'
import { makeVendor, start } from './vendor.fixture.ts'

const vendor = makeVendor({ threshold: 1 })

async function get(machine: TestMachine, host: RunningHost, now: number): Promise<{ grant?: Grant; answer: Message }> {
  const { sent, answer } = await machine.ask(host.address, vendor.desktop, now)
  return answer.kind === 'grant' ? { grant: machine.accept(vendor, sent, answer).grant, answer } : { answer }
}

describe('the quantity that was agreed (rule 19)', () => {
  it.each(['on', 'off'] as const)(
    'refuses one more lease where the agreement says so, never the renewal of a live one (fast way %s)',
    async (fastWay) => {
      const clock = { now: start }
      const dir = await makeActivatedHost(vendor, { quantity: 2, aboveQuantity: 'refuse' })
      const host = await serve(dir, clock, { fastWay })
      const [first, second, third] = ['a', 'b', 'c'].map((name) => new TestMachine(name))
      if (first === undefined || second === undefined || third === undefined) throw new Error('three machines')
      for (const machine of [first, second]) expect((await get(machine, host, clock.now)).answer.kind).toBe('grant')
      const { answer } = await get(third, host, clock.now)
      expect(answer).toMatchObject({ kind: 'refusal', code: 'QUANTITY_REACHED' })
      // It was here all the same: the threshold counts anchors, whatever is agreed.
      expect(host.status().applications[0]?.count).toBe(3)
      for (let round = 0; round < 3; round += 1) {
        clock.now += days(7)
        for (const machine of [first, second]) expect((await get(machine, host, clock.now)).answer.kind).toBe('grant')
      }
      const { grant } = await get(first, host, clock.now)
      if (grant === undefined) throw new Error('not renewed')
      expect(await ask(host.address, first.release(grant, clock.now))).toMatchObject({ kind: 'released' })
      expect((await get(third, host, clock.now)).answer.kind).toBe('grant')
      expect((await get(first, host, clock.now)).answer).toMatchObject({ code: 'QUANTITY_REACHED' })
      clock.now += days(181)
      // Both leases are over by now: who comes first has them.
      expect((await get(first, host, clock.now)).answer.kind).toBe('grant')
      expect((await get(third, host, clock.now)).answer.kind).toBe('grant')
      expect((await get(second, host, clock.now)).answer).toMatchObject({ code: 'QUANTITY_REACHED' })
    },
  )

  it.each(['warn', 'report'] as const)('grants all the same where it says to %s', async (aboveQuantity) => {
    const host = await serve(await makeActivatedHost(vendor, { quantity: 1, aboveQuantity }))
    for (const name of ['a', 'b']) expect((await get(new TestMachine(name), host, start)).answer.kind).toBe('grant')
    expect(host.status()).toMatchObject({ quantity: { agreed: 1, live: 2, above: aboveQuantity } })
  })

  it('is told once a day while it is exceeded, unless it is only for the report', () => {
    const notes: string[] = []
    let live = 1
    for (const aboveQuantity of ['warn', 'refuse', 'report'] as const) {
      live = 1
      const watch = new QuantityWatch({ entitlement: { quantity: 1, aboveQuantity } }, { live: () => live }, (text) => {
        notes.push(`${aboveQuantity}: ${text}`)
      })
      watch.look(start)
      live = 2
      for (let hour = 1; hour <= 30; hour += 1) watch.look(start + hour * 3_600)
    }
    expect(notes.map((note) => note.split(' ').slice(0, 3).join(' '))).toEqual([
      'warn: ACTIVATED_ABOVE_QUANTITY: 2',
      'warn: ACTIVATED_ABOVE_QUANTITY: 2',
      'refuse: ACTIVATED_ABOVE_QUANTITY: 2',
      'refuse: ACTIVATED_ABOVE_QUANTITY: 2',
    ])
  })
})
