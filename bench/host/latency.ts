import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { cacheFolder } from './cache.ts'
import type { Figure } from './figure.ts'
import { runEcho } from './run-echo.ts'
import { runHost, type Traffic } from './run-host.ts'
import { spreadOf } from './spread.ts'

/** Requests a second that load nothing. */
const rate = 200

/** About as many bytes as the entry of one grant. */
const entryLength = 650

/** Measures how long one machine waits at a host that has nothing else to do, beside an echo and one write to the disk. */
export async function measureLatency(bench: Bench): Promise<readonly Figure[]> {
  const traffic: Traffic = {
    ...{ host: bench.prepared.host, requests: bench.prepared.renewals },
    load: { mode: 'fresh', rate },
  }
  const rounds: { readonly host: number; readonly echo: number; readonly sync: number }[] = []
  for (let round = 1; round <= bench.options.rounds; round += 1) {
    const host = await runHost(bench, traffic)
    const echo = (await runEcho(bench, traffic, host.load)).micros.p50
    const sync = await syncMicros(bench.options.seconds)
    rounds.push({ host: host.load.micros.p50, echo, sync })
    const parts = `host ${host.load.micros.p50.toFixed(0)} µs, echo ${echo.toFixed(0)} µs, fdatasync ${sync.toFixed(0)} µs`
    bench.say(`latencyP50 ${String(round)}: ${parts}`)
  }
  const [host, echo, sync] = (['host', 'echo', 'sync'] as const).map((name) =>
    spreadOf(rounds.map((round) => round[name])),
  )
  return [
    {
      name: 'latencyP50',
      title: 'median wait, unloaded ÷ (echo + one fdatasync)',
      value: spreadOf(rounds.map((round) => round.host / (round.echo + round.sync))),
      unit: 'ratio',
      goal: { kind: 'at most', limit: 2 },
      host: `${(host?.median ?? NaN).toFixed(0)} µs`,
      echo: `${(echo?.median ?? NaN).toFixed(0)} + ${(sync?.median ?? NaN).toFixed(0)} µs`,
      measured: { rate, hostMicros: host, echoMicros: echo, syncMicros: sync },
    },
  ]
}

/** The median of appending one entry and syncing it, at the same rate and on the same disk. */
async function syncMicros(seconds: number): Promise<number> {
  const path = join(cacheFolder, 'sync')
  const [bytes, micros] = [Buffer.alloc(entryLength, 1), [] as number[]]
  const descriptor = openSync(path, 'w')
  for (let done = 0; done < seconds * rate; done += 1) {
    await wait(1_000 / rate)
    const begun = performance.now()
    writeSync(descriptor, bytes)
    fdatasyncSync(descriptor)
    micros.push((performance.now() - begun) * 1_000)
  }
  closeSync(descriptor)
  rmSync(path)
  return spreadOf(micros).median
}
