import { describe, expect, it } from 'vitest'
import type { HardwareId, Vector } from '@volact/core/document/hardware-id'
import { decideHostActivation, type HostQuestion, type KnownHost, type KnownKey } from './decide-host-activation.ts'
import { isSameHost } from './same-host.ts'

const key: KnownKey = { lastFive: 'BCDFG', blocked: false, hostLimit: 6, activationLimit: 10, agreementEnds: 1_000 }

describe('a host key', () => {
  it('activates 6 hosts, and then says how many and whom to ask', () => {
    expect(decide({ hosts: hosts(5) })).toEqual({ outcome: 'new-host', hostsLeft: 0, activationsLeft: 9 })
    const refused = decide({ hosts: hosts(6) })
    expect(refused).toMatchObject({ outcome: 'refused', code: 'HOST_KEY_EXHAUSTED' })
    expect(refused).toHaveProperty('text', expect.stringMatching(/6 of 6 hosts.*ask the vendor/))
  })

  it('activates each of them 10 times, also when all hosts are taken', () => {
    const known = hosts(6).map((host) => ({ ...host, logs: logs(9) }))
    expect(decide({ hosts: known, seed: 3 })).toEqual({
      ...{ outcome: 'known-host', host: 3, hostsLeft: 0, activationsLeft: 0 },
    })
    const worn = hosts(6).map((host) => ({ ...host, logs: logs(10) }))
    const refused = decide({ hosts: worn, seed: 3 })
    expect(refused).toMatchObject({ outcome: 'refused', code: 'HOST_KEY_EXHAUSTED' })
    expect(refused).toHaveProperty('text', expect.stringContaining('10 of 10 times'))
  })

  it('gives the same log its certificate again and counts nothing, even when all is used up', () => {
    const worn = hosts(6).map((host) => ({ ...host, logs: [...logs(9), '07'.repeat(32)] }))
    expect(decide({ hosts: worn, seed: 3 })).toEqual({ outcome: 'repeated', hostsLeft: 0, activationsLeft: 0 })
  })

  it('that is blocked gives nothing, not even again', () => {
    const known = hosts(1).map((host) => ({ ...host, logs: ['07'.repeat(32)] }))
    expect(decide({ hosts: known, key: { ...key, blocked: true } })).toMatchObject({ code: 'KEY_BLOCKED' })
  })

  it('ends with its agreement, to the second', () => {
    expect(decide({ now: 999 }).outcome).toBe('new-host')
    expect(decide({ now: 1_000 })).toMatchObject({ outcome: 'refused', code: 'LICENSE_EXPIRED' })
  })

  it('whose limit was lowered later leaves nothing, not less than nothing', () => {
    const lowered = { ...key, hostLimit: 2, activationLimit: 20 }
    expect(decide({ hosts: hosts(4), key: lowered, seed: 2 })).toMatchObject({ outcome: 'known-host', hostsLeft: 0 })
  })
})

describe('a host is the same one', () => {
  it('by its anchor, whatever else has changed', () => {
    const changed = { anchor: hardware(2).anchor, vector: hardware(9).vector }
    expect(decide({ hosts: hosts(3), hardware: changed })).toMatchObject({ outcome: 'known-host', host: 2 })
  })

  it('within tolerance: with a new board, firmware and processor it keeps its disk', () => {
    const vector = hardware(2).vector.map((digest, position) => ([1, 2].includes(position) ? digestOf(99) : digest))
    const changed = { anchor: hardware(9).anchor, vector }
    expect(decide({ hosts: hosts(3), hardware: changed })).toMatchObject({ outcome: 'known-host', host: 2 })
  })

  it.each([false, true])('but not when only the model is the same (virtual: %s)', (virtual) => {
    const vector = hardware(2).vector.map((digest, position) => ([0, 5].includes(position) ? digestOf(99) : digest))
    expect(isSameHost(hardware(2).vector, vector, { virtual })).toBe(false)
  })

  it('but not for lack of any evidence', () => {
    const nothing: Vector = Array.from({ length: 10 }, () => null)
    expect(isSameHost(nothing, nothing, { virtual: true })).toBe(false)
  })

  it('but not beyond the tolerance, though the network card is the same', () => {
    const vector = hardware(2).vector.map((digest, position) => (position === 5 ? digest : digestOf(99)))
    expect(isSameHost(hardware(2).vector, vector, { virtual: false })).toBe(false)
  })
})

interface Situation extends Partial<Pick<HostQuestion, 'hosts' | 'key' | 'now'>> {
  /** Which hardware asks; by default one that no host has. */
  readonly seed?: number
  readonly hardware?: HardwareId
}

function decide({ seed = 200, ...situation }: Situation): ReturnType<typeof decideHostActivation> {
  const asking = { logId: new Uint8Array(32).fill(7), hardware: situation.hardware ?? hardware(seed), virtual: false }
  return decideHostActivation({ key, hosts: [], now: 0, contact: 'the vendor', ...situation, asking })
}

function hosts(count: number): readonly KnownHost[] {
  return Array.from({ length: count }, (_, index) => ({ id: index + 1, hardware: hardware(index + 1), logs: logs(1) }))
}

function hardware(seed: number): HardwareId {
  const vector = Array.from({ length: 10 }, (_, position) => digestOf(seed, position))
  return { anchor: new Uint8Array(32).fill(seed), vector }
}

function digestOf(seed: number, position = 0): Uint8Array {
  return new Uint8Array(8).fill(seed).fill(position, 4)
}

function logs(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index))
}
