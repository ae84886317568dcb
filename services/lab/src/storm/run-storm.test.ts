import { describe, expect, it } from 'vitest'
import { hours } from '@volact/core/time'
import { runStorm } from './run-storm.ts'

const machines = 6_000
const options = { machines, seed: 1, outage: hours(18) }
const results = runStorm(options)
const [returned, switchedOn, network] = results

describe('a storm after an outage', () => {
  it('counts each machine once, in a column or as one that asks later', () => {
    for (const { columns, requests, later } of results) {
      expect(columns.reduce((sum, count) => sum + count, 0)).toBe(requests)
      expect(requests + later).toBe(machines)
    }
  })

  it('spreads over the whole retry interval where the machines kept running', () => {
    const columns = returned?.columns ?? []
    expect(returned?.later).toBe(0)
    expect(columns.slice(0, 18).every((count) => count > machines / 36 && count < machines / 12)).toBe(true)
    expect(columns.at(-1)).toBeLessThan(machines / 36)
  })

  it('spreads by at least a minute, with a peak of at most three times the mean, where all come in the same minute', () => {
    const { requests = 0, peakPerSecond = 0, meanPerSecond = 1 } = switchedOn ?? {}
    expect(requests).toBe(machines)
    expect(meanPerSecond).toBeLessThan(machines / 100)
    expect(peakPerSecond / meanPerSecond).toBeLessThan(3)
  })

  it('has only those ask at once whom a network can help, and spreads them, though all see it in the same second', () => {
    const { requests = 0, columns = [] } = network ?? {}
    expect(requests).toBeLessThan(machines / 3)
    expect(Math.max(...columns)).toBeLessThan(requests / 6)
  })

  it('is the same from the same seed, and another one from another', () => {
    expect(runStorm({ ...options, machines: 500 })).toEqual(runStorm({ ...options, machines: 500 }))
    expect(runStorm({ ...options, machines: 500, seed: 2 })).not.toEqual(runStorm({ ...options, machines: 500 }))
  })
})
