import type { Bench } from './bench.ts'
import type { Figure, Goal } from './figure.ts'
import { measureFlood } from './flood.ts'
import { measureLatency } from './latency.ts'
import { measureMemory } from './memory.ts'
import type { Traffic } from './run-host.ts'
import { measureTenMillion } from './ten-million.ts'
import { measureThroughput, type Throughput } from './throughput.ts'

/** Some figures that are measured together, by their names. */
export interface Row {
  readonly names: readonly string[]
  readonly measure: (bench: Bench) => Promise<readonly Figure[]>
}

/** The rows, in the order of the table. */
export const rows: readonly Row[] = [
  { names: ['freshRenewal', 'drainSeconds'], measure: measureFresh },
  { names: ['steady'], measure: measureSteady },
  { names: ['firstActivation'], measure: measureFirst },
  { names: ['openRenewal'], measure: measureOpen },
  { names: ['tenMillion'], measure: measureTenMillion },
  { names: ['latencyP50'], measure: measureLatency },
  { names: ['floodP99'], measure: measureFlood },
  { names: ['memoryPerMillionMB', 'idleRssMB', 'restartSeconds'], measure: measureMemory },
  { names: ['freshRenewalBothCores'], measure: measureBothCores },
]

async function measureFresh(bench: Bench): Promise<readonly Figure[]> {
  const measured = await measureThroughput(bench, 'freshRenewal', freshTraffic(bench))
  const title = 'renewals in a burst, fresh connections ÷ echo'
  return [
    ratioFigure({ name: 'freshRenewal', title, goal: atLeast(0.8) }, measured),
    {
      ...{ name: 'drainSeconds', title: 'seconds to verify what that burst left unverified', unit: 's' as const },
      ...{ value: measured.drainSeconds, host: `${measured.backlog.median.toFixed(0)} grants`, measured: {} },
    },
  ]
}

async function measureSteady(bench: Bench): Promise<readonly Figure[]> {
  const traffic: Traffic = { ...freshTraffic(bench), load: { mode: 'fresh' }, verified: true }
  const measured = await measureThroughput(bench, 'steady', traffic)
  const title = 'renewals, every signature verified as it comes ÷ echo'
  return [ratioFigure({ name: 'steady', title, goal: atLeast(0.4) }, measured)]
}

async function measureFirst(bench: Bench): Promise<readonly Figure[]> {
  const traffic: Traffic = { ...freshTraffic(bench), requests: bench.prepared.firsts, load: { mode: 'fresh' } }
  const measured = await measureThroughput(bench, 'firstActivation', traffic)
  const title = 'first activations, fresh connections ÷ echo'
  return [ratioFigure({ name: 'firstActivation', title, goal: atLeast(0.4) }, measured)]
}

async function measureOpen(bench: Bench): Promise<readonly Figure[]> {
  const measured = await measureThroughput(bench, 'openRenewal', {
    ...freshTraffic(bench),
    load: { mode: 'open', count: burst },
  })
  const title = 'renewals, 50 open connections ÷ echo'
  return [ratioFigure({ name: 'openRenewal', title, goal: atLeast(0.4) }, measured)]
}

/** The generator then takes its part of the second core, so that this has no goal. */
async function measureBothCores(bench: Bench): Promise<readonly Figure[]> {
  const cores = { ...bench.cores, server: undefined }
  const measured = await measureThroughput({ ...bench, cores }, 'freshRenewalBothCores', freshTraffic(bench))
  return [
    ratioFigure(
      { name: 'freshRenewalBothCores', title: 'the burst with both cores, the generator on one of them' },
      measured,
    ),
  ]
}

/** The grants that may rest unverified are bounded, so that a burst is no longer than that. */
const burst = 50_000

function freshTraffic({ prepared }: Bench): Traffic {
  return { host: prepared.host, requests: prepared.renewals, load: { mode: 'fresh', count: burst } }
}

function ratioFigure(about: Pick<Figure, 'name' | 'title' | 'goal'>, measured: Throughput): Figure {
  const { host, echo, ratio = host } = measured
  const cell = { host: `${host.median.toFixed(0)}/s`, ...(echo && { echo: `${echo.median.toFixed(0)}/s` }) }
  return { ...about, ...cell, value: ratio, unit: 'ratio', measured }
}

function atLeast(limit: number): Goal {
  return { kind: 'at least', limit }
}
