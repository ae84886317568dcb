import { defaults } from '@volact/core/licensing/defaults'
import { attempted } from '@volact/core/licensing/last-attempt'
import { type AttemptCase, nextAttempt } from '@volact/core/licensing/next-attempt'
import { type Instant, minutes } from '@volact/core/time'
import type { RandomNumber } from '../random.ts'
import { rollOut, rollOutSeconds, type Scenario } from './scenario.ts'

/** A machine whose host does not answer, at some moment. */
export interface StormMachine {
  readonly situation: AttemptCase
  /** When it asks next if nothing happens before. */
  readonly asks: Instant
  /** Its second in a minute in which everybody is switched on. */
  readonly second: number
}

/** Makes up a machine that has just got its lease. */
export function stormMachine(random: RandomNumber): StormMachine {
  const seed = Uint8Array.from({ length: 8 }, () => random(256))
  const granted = rollOut + random(rollOutSeconds)
  const situation = leased(seed, granted)
  return { situation, asks: nextAsk(situation, granted), second: random(minutes(1)) }
}

/** Follows a machine by the schedule of the client up to a moment, nobody answering it. */
export function withoutHost(machine: StormMachine, until: Instant): StormMachine {
  let { situation, asks } = machine
  while (asks < until) {
    situation = { ...situation, last: attempted({ outcome: 'unreachable' }, asks) }
    asks = nextAsk(situation, asks)
  }
  return { ...machine, situation, asks }
}

/** Tells when a machine asks for the first time after the host is back. */
export function asksAt(machine: StormMachine, { hostBack, off, networkBack }: Scenario): Instant {
  const { situation, asks, second } = withoutHost(machine, off?.from ?? hostBack)
  if (off !== undefined) return nextAsk({ ...situation, awake: off.until + second }, off.until + second)
  return networkBack === undefined ? asks : nextAsk({ ...situation, networkChanged: networkBack }, networkBack)
}

function nextAsk(situation: AttemptCase, now: Instant): Instant {
  const planned = nextAttempt(situation, now)
  if (planned === undefined) throw new Error('a machine with a key and a lease that ends always plans to ask')
  return Math.max(planned.at, now)
}

function leased(seed: Uint8Array, granted: Instant): AttemptCase {
  const { activationIntervalSeconds, renewalIntervalSeconds, leaseSeconds } = defaults
  const lease = { granted, expires: granted + leaseSeconds }
  const rearms = { machine: 0, application: 0, product: 0 }
  return {
    seed,
    intervals: { activationIntervalSeconds, renewalIntervalSeconds },
    record: { key: 'volume', graceBegan: granted, lease, ephemeral: false, rearms },
    state: 'licensed',
    awake: granted,
    last: { outcome: 'granted', at: granted },
  }
}
