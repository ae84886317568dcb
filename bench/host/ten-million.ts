import type { Bench } from './bench.ts'
import type { Figure } from './figure.ts'
import { hostWith } from './ledgers.ts'
import { runHost, type Traffic } from './run-host.ts'
import { spreadOf } from './spread.ts'

const many = 10_000_000

/** As long as that of the first row. */
const burst = 50_000

/** Measures the burst with ten million more machines known, and with none, in turns. */
export async function measureTenMillion(bench: Bench): Promise<readonly Figure[]> {
  const traffic: Traffic = {
    host: bench.prepared.host,
    requests: bench.prepared.renewals,
    load: { mode: 'fresh', count: burst },
    // Of ten million machines that were written at once it would take longer than all the rest.
    index: 'off',
  }
  const large = { ...traffic, host: await hostWith(bench, many, 'off') }
  const rounds: { readonly none: number; readonly all: number; readonly rss: number }[] = []
  for (let round = 1; round <= bench.options.rounds; round += 1) {
    const none = await runHost(bench, traffic)
    const all = await runHost(bench, large)
    rounds.push({ none: none.load.perSecond, all: all.load.perSecond, rss: all.residentMB })
    bench.say(
      `tenMillion ${String(round)}: ${all.load.perSecond.toFixed(0)}/s, with none ${none.load.perSecond.toFixed(0)}/s`,
    )
  }
  const [none, all] = [spreadOf(rounds.map((round) => round.none)), spreadOf(rounds.map((round) => round.all))]
  return [
    {
      name: 'tenMillion',
      title: 'the burst with 10 million more machines known ÷ with none',
      value: spreadOf(rounds.map((round) => round.all / round.none)),
      unit: 'ratio',
      goal: { kind: 'at least', limit: 0.8 },
      host: `${all.median.toFixed(0)}/s`,
      echo: `${none.median.toFixed(0)}/s (none)`,
      measured: { none, all, residentMB: spreadOf(rounds.map(({ rss }) => rss)) },
    },
  ]
}
