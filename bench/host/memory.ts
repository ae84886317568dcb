import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { cacheFolder } from './cache.ts'
import { copyHost } from './copy-host.ts'
import type { Figure } from './figure.ts'
import { load } from './generator.ts'
import { hostWith } from './ledgers.ts'
import { startHostServer } from './server.ts'
import { type Spread, spreadOf } from './spread.ts'

const million = 1_000_000

interface Start {
  readonly residentMB: number
  readonly firstAnswerSeconds: number
}

/** Measures what an idle host takes, what a million machines take, and how soon a host that knows them answers after its start. */
export async function measureMemory(bench: Bench): Promise<readonly Figure[]> {
  const { prepared, options, say } = bench
  const large = await hostWith(bench, million)
  const tracked = million + options.machines
  const [idle, full, killed]: [Start[], Start[], Start[]] = [[], [], []]
  for (let round = 1; round <= options.rounds; round += 1) {
    idle.push(await start(bench, prepared.empty, prepared.firsts))
    full.push(await start(bench, large, prepared.renewals))
    killed.push(await startAfterKill(bench, large))
    const [one, other] = [full.at(-1), idle.at(-1)]
    say(`memory ${String(round)}: ${describe(one)}; idle ${describe(other)}; after kill -9 ${describe(killed.at(-1))}`)
  }
  const idleMB = of(idle, 'residentMB')
  const perMillion = spreadOf(full.map(({ residentMB }) => ((residentMB - idleMB.median) * million) / tracked))
  const seconds = of(full, 'firstAnswerSeconds')
  return [
    {
      ...{ name: 'memoryPerMillionMB', title: 'memory of a million machines, above an idle host', unit: 'MB' },
      ...{ value: perMillion, goal: { kind: 'at most', limit: 72 } },
      host: `${of(full, 'residentMB').median.toFixed(0)} MB with ${String(tracked)}`,
      measured: { tracked, residentMB: of(full, 'residentMB') },
    },
    {
      ...{ name: 'idleRssMB', title: 'memory of an idle host', unit: 'MB', value: idleMB },
      ...{ goal: { kind: 'at most', limit: 120 }, host: `${idleMB.median.toFixed(0)} MB`, measured: { idleMB } },
    },
    {
      ...{ name: 'restartSeconds', title: 'start to first answer with a million machines', unit: 's', value: seconds },
      goal: { kind: 'at most', limit: 2 },
      host: `${of(killed, 'firstAnswerSeconds').median.toFixed(2)} s after kill -9`,
      measured: { stopped: seconds, killed: of(killed, 'firstAnswerSeconds'), empty: of(idle, 'firstAnswerSeconds') },
    },
  ]
}

/** Starts a host on a copy, and has it answer one machine. */
async function start(bench: Bench, host: string, requests: string): Promise<Start> {
  const dir = join(cacheFolder, 'run')
  copyHost(host, dir)
  return await startOn(bench, dir, requests, 0)
}

async function startAfterKill(bench: Bench, host: string): Promise<Start> {
  const dir = join(cacheFolder, 'run')
  copyHost(host, dir)
  const server = await startHostServer({ dir, time: bench.prepared.time }, bench.cores.server)
  const { renewals: requests } = bench.prepared
  const count = Math.floor(bench.options.machines / 2)
  await load({ address: server.address, requests, count, seconds: bench.options.seconds }, bench.cores.generator)
  await server.kill()
  return await startOn(bench, dir, requests, count)
}

async function startOn({ prepared, cores }: Bench, dir: string, requests: string, first: number): Promise<Start> {
  const begun = performance.now()
  const server = await startHostServer({ dir, time: prepared.time }, cores.server)
  try {
    await load({ address: server.address, requests, first, count: 1, connections: 1 }, cores.generator)
    const firstAnswerSeconds = (performance.now() - begun) / 1_000
    await server.settled()
    return { residentMB: server.resident(), firstAnswerSeconds }
  } finally {
    await server.stop()
  }
}

function of(starts: readonly Start[], name: keyof Start): Spread {
  return spreadOf(starts.map((start) => start[name]))
}

function describe(start: Start | undefined): string {
  return start === undefined
    ? ''
    : `${start.residentMB.toFixed(1)} MB, first answer after ${start.firstAnswerSeconds.toFixed(2)} s`
}
