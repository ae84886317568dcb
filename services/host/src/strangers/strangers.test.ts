import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { days } from '@volact/core/time'
import { type StrangerLimits, strangerLimits } from './limits.ts'
import { type SentAway, Strangers } from './strangers.ts'

interface Desk {
  readonly strangers: Strangers
  readonly begun: string[]
  readonly gone: { readonly name: string; readonly why: SentAway; readonly retryAfter: number }[]
  readonly ask: (address: string, name: string) => void
}

function open(limits: Partial<StrangerLimits> = {}): Desk {
  const strangers = new Strangers({ ...strangerLimits, ...limits }, () => Date.now() / 1_000)
  const begun: string[] = []
  const gone: Desk['gone'] = []
  const ask = (address: string, name: string): void => {
    strangers.ask(address, {
      begin: () => begun.push(name),
      sendAway: (why, retryAfter) => gone.push({ name, why, retryAfter }),
    })
  }
  return { strangers, begun, gone, ask }
}

describe('the door for new identities (rule 39)', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: days(20_000) * 1_000 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('lets in at once whom the budget has room for, and the others at its pace', () => {
    const { begun, gone, ask } = open()
    for (let machine = 0; machine < 60; machine += 1) ask('192.0.2.1', `m${machine}`)
    expect(begun).toHaveLength(20)
    vi.advanceTimersByTime(1_000)
    expect(begun.length).toBeGreaterThanOrEqual(39)
    vi.advanceTimersByTime(1_100)
    expect(begun).toHaveLength(60)
    expect(gone).toEqual([])
  })

  it('does not let a flood of one address stand in the way of another one', () => {
    const { begun, gone, ask } = open({ waiting: 1_000 })
    for (let machine = 0; machine < 5_000; machine += 1) ask('198.51.100.9', `flood${machine}`)
    ask('192.0.2.1', 'office')
    vi.advanceTimersByTime(200)
    expect(begun).toContain('office')
    expect(gone).toHaveLength(5_001 - 20 - 1_000)
    expect(gone.every(({ why, name }) => why === 'too-many-wait' && name !== 'office')).toBe(true)
  })

  it('sends away with times that are spread, so that a roll-out of 20,000 machines behind one address is done in under an hour', () => {
    const { begun, gone, ask } = open()
    const start = Date.now()
    for (let machine = 0; machine < 20_000; machine += 1) ask('192.0.2.1', String(machine))
    let checked = 0
    while (begun.length < 20_000) {
      vi.advanceTimersByTime(1_000)
      for (; checked < gone.length; checked += 1) {
        const { name, retryAfter } = gone[checked] ?? { name: '', retryAfter: 0 }
        setTimeout(() => {
          ask('192.0.2.1', name)
        }, retryAfter * 1_000)
      }
    }
    expect((Date.now() - start) / 1_000).toBeLessThan(3_600)
    expect(new Set(begun).size).toBe(20_000)
  })

  it('says what the day has left, and takes an announcement', () => {
    const { strangers, begun, gone, ask } = open({ perSecond: 1_000, perDay: 10 })
    for (let machine = 0; machine < 12; machine += 1) ask('192.0.2.1', `m${machine}`)
    expect(begun).toHaveLength(10)
    expect(gone.map(({ why }) => why)).toEqual(['today', 'today'])
    strangers.expect({ machines: 5, until: Date.now() / 1_000 + 100 })
    ask('192.0.2.1', 'later')
    expect(begun.at(-1)).toBe('later')
    strangers.giveBack('192.0.2.1')
    expect(strangers.figures()).toMatchObject({ usedToday: 10, perDay: 15, expected: 5, sentAway: 2, waiting: 0 })
  })

  it('applies the cap of one address where it is set, to its network of IPv6 addresses as well', () => {
    const { begun, gone, ask } = open({ perAddressAndDay: 2 })
    for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1']) ask(address, address)
    expect(begun).toEqual(['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'])
    expect(gone).toMatchObject([{ name: '2001:db8::3', why: 'address-today' }])
  })

  it('sends everybody away when it closes', () => {
    const { strangers, gone, ask } = open()
    for (let machine = 0; machine < 30; machine += 1) ask('192.0.2.1', `m${machine}`)
    strangers.close()
    expect(gone).toHaveLength(10)
  })
})
