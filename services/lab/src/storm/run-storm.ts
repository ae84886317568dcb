import type { Duration } from '@volact/core/time'
import { seededRandom } from '../random.ts'
import { type Scenario, scenarios } from './scenario.ts'
import { asksAt, type StormMachine, stormMachine, withoutHost } from './storm-machine.ts'

export interface StormOptions {
  readonly machines: number
  readonly seed: number
  /** How long the host is away from the earliest renewal on, in seconds. */
  readonly outage: Duration
}

/** How one outage ended: the requests that reached the host, over time. */
export interface StormResult extends Pick<Scenario, 'name' | 'story'> {
  /** Requests in the time that is shown, and after it. */
  readonly requests: number
  readonly later: number
  /** In the busiest second, and on average over the time from the first request to the last one that is shown. */
  readonly peakPerSecond: number
  readonly meanPerSecond: number
  /** Seconds that each column stands for, and its requests. */
  readonly stepSeconds: Duration
  readonly columns: readonly number[]
}

/**
 * Plays how an outage of a whole site ends, by the schedule of the client alone and on virtual time: no sockets, no files. What it
 * shows is how far machines that all want to renew at once spread by themselves.
 */
export function runStorm({ machines, seed, outage }: StormOptions): readonly StormResult[] {
  const random = seededRandom(seed)
  const stories = scenarios(outage)
  // What all stories have in common is played once.
  const common = Math.min(...stories.map(({ hostBack, off }) => off?.from ?? hostBack))
  const all = Array.from({ length: machines }, () => withoutHost(stormMachine(random), common))
  return stories.map((scenario) => play(scenario, all))
}

function play(scenario: Scenario, machines: readonly StormMachine[]): StormResult {
  const { name, story, shown } = scenario
  const seconds = new Uint32Array(shown.length)
  let later = 0
  for (const machine of machines) {
    const second = asksAt(machine, scenario) - shown.from
    if (second < shown.length) seconds[second] = (seconds[second] ?? 0) + 1
    else later += 1
  }
  const requests = machines.length - later
  const peakPerSecond = seconds.reduce((most, count) => Math.max(most, count), 0)
  const meanPerSecond = requests / Math.max(spanOf(seconds), 1)
  return { name, story, requests, later, peakPerSecond, meanPerSecond, ...columnsOf(seconds, shown.step) }
}

function spanOf(seconds: Uint32Array): Duration {
  return seconds.findLastIndex((count) => count > 0) - seconds.findIndex((count) => count > 0) + 1
}

function columnsOf(seconds: Uint32Array, step: Duration): Pick<StormResult, 'stepSeconds' | 'columns'> {
  const columns = Array.from({ length: Math.ceil(seconds.length / step) }, (_, column) =>
    seconds.subarray(column * step, (column + 1) * step).reduce((sum, count) => sum + count, 0),
  )
  return { stepSeconds: step, columns }
}
