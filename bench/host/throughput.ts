import type { Bench } from './bench.ts'
import type { LoadResult } from './generator.ts'
import { runEcho } from './run-echo.ts'
import { type HostRun, runHost, type Traffic } from './run-host.ts'
import { type Spread, spreadOf } from './spread.ts'

/** Answers a second of a host, beside those of a bare echo of as many bytes. */
export interface Throughput {
  readonly host: Spread
  readonly echo?: Spread
  /** Host ÷ echo, of each round. */
  readonly ratio?: Spread
  readonly backlog: Spread
  readonly drainSeconds: Spread
  /** Microseconds of the host. */
  readonly p50: Spread
  readonly p99: Spread
  /** Bytes of a request and of its answer, frames included. */
  readonly bytes: { readonly asked: number; readonly answered: number }
  /** How busy the generator's core was with the host, 0 to 1. */
  readonly generatorBusy: Spread
}

/** Measures host and echo in turns. */
export async function measureThroughput(bench: Bench, name: string, traffic: Traffic): Promise<Throughput> {
  const runs: { readonly host: HostRun; readonly echo: LoadResult | undefined }[] = []
  for (let round = 1; round <= bench.options.rounds; round += 1) {
    const host = await runHost(bench, traffic)
    const echo = bench.options.echo ? await runEcho(bench, traffic, host.load) : undefined
    runs.push({ host, echo })
    bench.say(`${name} ${String(round)}: ${describeRun(host, echo)}`)
  }
  const [first] = runs
  if (first === undefined) throw new Error('nothing was measured')
  const { asked, answered, bytesOut, bytesIn } = first.host.load
  const echoes = runs.flatMap(({ echo }) => (echo === undefined ? [] : [echo.perSecond]))
  const of = (figure: (run: HostRun) => number): Spread => spreadOf(runs.map(({ host }) => figure(host)))
  return {
    host: of(({ load }) => load.perSecond),
    ...(echoes.length > 0 && {
      echo: spreadOf(echoes),
      ratio: spreadOf(runs.map(({ host, echo }) => host.load.perSecond / (echo?.perSecond ?? NaN))),
    }),
    backlog: of(({ backlog }) => backlog),
    drainSeconds: of(({ drainSeconds }) => drainSeconds),
    p50: of(({ load }) => load.micros.p50),
    p99: of(({ load }) => load.micros.p99),
    bytes: { asked: Math.round(bytesOut / asked), answered: Math.round(bytesIn / answered) },
    generatorBusy: of(({ load }) => load.cpuSeconds / load.seconds),
  }
}

function describeRun(run: HostRun, echo: LoadResult | undefined): string {
  const { load, backlog, drainSeconds, batchSize, syncMilliseconds, busy } = run
  const ratio = echo && `echo ${echo.perSecond.toFixed(0)}/s, ratio ${(load.perSecond / echo.perSecond).toFixed(3)}`
  const parts = [
    `host ${load.perSecond.toFixed(0)}/s over ${load.seconds.toFixed(1)} s`,
    `p50 ${load.micros.p50.toFixed(0)} µs, p99 ${load.micros.p99.toFixed(0)} µs`,
    `${batchSize.toFixed(1)} a batch, ${syncMilliseconds.toFixed(2)} ms a sync, ${busy.toFixed(2)} cores busy`,
    `backlog ${String(backlog)}, drained in ${drainSeconds.toFixed(1)} s`,
    ...(ratio ? [ratio] : []),
  ]
  return parts.join('; ')
}
