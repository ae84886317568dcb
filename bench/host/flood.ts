import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { cacheFolder } from './cache.ts'
import { copyHost } from './copy-host.ts'
import type { Figure } from './figure.ts'
import { load, type LoadResult } from './generator.ts'
import { startHostServer } from './server.ts'
import { spreadOf } from './spread.ts'

/** Renewals of known machines a second, each on a connection of its own. */
const rate = 500

/** Identities that are made up a second, and their connections: more than may wait (rule 39), so that others are sent away. */
const flood = { rate: 1_000, connections: 3_000 } as const

interface FloodRun {
  readonly calm: LoadResult
  readonly flooded: LoadResult
  /** Identities that asked while the known machines renewed. */
  readonly madeUp: number
}

/** Measures the longest waits of known machines, with and without a flood of identities that were made up. */
export async function measureFlood(bench: Bench): Promise<readonly Figure[]> {
  const runs: FloodRun[] = []
  for (let round = 1; round <= bench.options.rounds; round += 1) {
    const run = await runFlood(bench)
    runs.push(run)
    bench.say(`floodP99 ${String(round)}: ${describe(run)}`)
  }
  const [calm, flooded] = [
    spreadOf(runs.map((run) => run.calm.micros.p99)),
    spreadOf(runs.map((run) => run.flooded.micros.p99)),
  ]
  return [
    {
      name: 'floodP99',
      title: 'p99 of known machines, in a flood of made-up identities ÷ without',
      value: spreadOf(runs.map((run) => run.flooded.micros.p99 / run.calm.micros.p99)),
      unit: 'ratio',
      goal: { kind: 'at most', limit: 2 },
      host: `${flooded.median.toFixed(0)} µs, without ${calm.median.toFixed(0)} µs`,
      measured: { rate, flood, calmMicros: calm, floodedMicros: flooded, madeUp: runs.map((run) => run.madeUp) },
    },
  ]
}

async function runFlood({ options, cores, prepared }: Bench): Promise<FloodRun> {
  const dir = join(cacheFolder, 'run')
  copyHost(prepared.host, dir)
  const server = await startHostServer({ dir, time: prepared.time, strangers: 'limited' }, cores.server)
  try {
    const count = Math.floor(Math.min(options.seconds * rate, options.machines / 3))
    const shared = { address: server.address, gentle: 1 } as const // Two programs ask from one core.
    const known = { ...shared, requests: prepared.renewals, rate, count, seconds: 600 } as const
    granted(await load({ ...known, rate: 0 }, cores.generator)) // Warms it up.
    await server.settled()
    const calm = granted(await load({ ...known, first: count }, cores.generator))
    const [flooded, strangers] = await Promise.all([
      load({ ...known, first: 2 * count }, cores.generator),
      load(
        {
          ...{ ...shared, requests: prepared.firsts, ...flood, net: 2 },
          // Who waits for his turn then would wait for minutes.
          ...{ seconds: count / rate, linger: 1 },
        },
        cores.generator,
      ),
    ])
    return { calm, flooded: granted(flooded), madeUp: strangers.asked }
  } finally {
    await server.stop()
  }
}

/** Every known machine is served, whatever strangers do. */
function granted(result: LoadResult): LoadResult {
  const { asked, grants, refusals, failed } = result
  if (asked === grants) return result
  throw new Error(
    `of ${String(asked)} known machines ${String(grants)} were granted, ${String(refusals)} refused, ${String(failed)} cut off`,
  )
}

function describe({ calm, flooded, madeUp }: FloodRun): string {
  const waits = ({ micros }: LoadResult): string => `p50 ${micros.p50.toFixed(0)} µs, p99 ${micros.p99.toFixed(0)} µs`
  return `${waits(calm)}; with ${String(madeUp)} made-up identities ${waits(flooded)}`
}
