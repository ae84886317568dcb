import { hours, minutes } from '@volact/core/time'
import { describe, expect, it } from 'vitest'
import { nextPublishing, pauseAfter } from './due.ts'
import type { ZoneMemory } from './memory.ts'

const settings = { zone: 'corp.test', ttl: 60, priority: 0, weight: 0, addresses: 'none' } as const
const record = { name: '_volact._tcp.corp.test', type: 'SRV', ttl: 60, text: '0 0 1688 act1.corp.test' } as const
const there = { ...record, asked: record.name, zone: 'corp.test', server: '192.0.2.1:53' }
const good: ZoneMemory = { settings, from: 'command', published: [there], lastSuccess: 1_000 }
const facts = { wanted: [record], size: undefined, checkpointPause: minutes(60) }

describe('the next publishing', () => {
  it('comes a day after the last success, where nothing has changed', () => {
    expect(nextPublishing(good, facts)).toBe(1_000 + hours(24))
  })

  it('comes at once for what was never there, is there otherwise, or is to be there no more', () => {
    expect(nextPublishing({ settings, from: 'command', published: [] }, facts)).toBe(0)
    expect(nextPublishing(good, { ...facts, wanted: [{ ...record, ttl: 61 }] })).toBe(0)
    expect(nextPublishing(good, { ...facts, wanted: [{ ...record, text: '0 0 1689 act1.corp.test' }] })).toBe(0)
    expect(nextPublishing(good, { ...facts, wanted: [] })).toBe(0)
    expect(nextPublishing({ ...good, withdrawn: 5 }, facts)).toBe(5)
  })

  it('never comes where nothing is to be done', () => {
    expect(nextPublishing({ ...good, published: [], withdrawn: 5 }, facts)).toBeUndefined()
    expect(nextPublishing({ settings, from: 'command', published: [] }, { ...facts, wanted: [] })).toBeUndefined()
  })

  it('waits with a checkpoint until the last one is old enough, and for no ledger that has not grown', () => {
    const shown = { ...good, checkpoints: { size: 7, at: 2_000 } }
    expect(nextPublishing(good, { ...facts, size: 7 })).toBe(0)
    expect(nextPublishing(shown, { ...facts, size: 7 })).toBe(1_000 + hours(24))
    expect(nextPublishing(shown, { ...facts, size: 8 })).toBe(2_000 + minutes(60))
    expect(nextPublishing(shown, facts)).toBe(0)
  })

  it('waits longer after each failure, to six hours at most', () => {
    const failure = (times: number): ZoneMemory => ({
      ...good,
      failure: { at: 200_000, code: 'DNS_SERVER_SILENT', message: '', times },
    })
    expect([1, 2, 3, 20, 2_000].map((times) => (nextPublishing(failure(times), facts) ?? 0) - 200_000)).toEqual([
      ...[60, 120, 240],
      ...[hours(6), hours(6)],
    ])
    expect(pauseAfter(9)).toBe(minutes(256))
  })
})
