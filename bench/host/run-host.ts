import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readAnswers, splitFrames, verifyExchange } from './answers.ts'
import type { Bench } from './bench.ts'
import { cacheFolder } from './cache.ts'
import { copyHost } from './copy-host.ts'
import { load, type LoadOptions, type LoadResult } from './generator.ts'
import { profileFlags } from './profile.ts'
import { type HostServer, startHostServer } from './server.ts'
import { readSold } from './vendor.ts'

/** Requests against a host's folder, and the manner in which they are sent. */
export interface Traffic {
  /** A host's folder; every run is on a copy. */
  readonly host: string
  readonly requests: string
  readonly load: Pick<LoadOptions, 'mode' | 'connections' | 'rate' | 'count'>
  /** Whether every signature is verified as it comes. */
  readonly verified?: boolean
  readonly index?: 'on' | 'off'
}

/** One run of a host. */
export interface HostRun {
  readonly load: LoadResult
  /** Grants whose requests were not verified when the load ended, and the seconds until all were. */
  readonly backlog: number
  readonly drainSeconds: number
  readonly residentMB: number
  /** Entries of a batch on average, and the milliseconds that one waited for the disk. */
  readonly batchSize: number
  readonly syncMilliseconds: number
  /** How busy the host was, with all its threads, in cores. */
  readonly busy: number
}

/** Part of the requests that only warms the host up. */
const warming = 0.1

/** Of so many answers one is kept, to be verified afterwards. */
const every = 499

/** Runs a host on a copy of its folder. What it answers must be grants, and those that are looked at must hold. */
export async function runHost({ options, cores, prepared }: Bench, traffic: Traffic): Promise<HostRun> {
  const [dir, save] = [join(cacheFolder, 'run'), join(cacheFolder, 'answers')]
  copyHost(traffic.host, dir)
  const server = await startHostServer(
    { dir, time: prepared.time, verified: traffic.verified ?? false, index: traffic.index ?? 'on' },
    cores.server,
    options.profile ? profileFlags() : [],
  )
  try {
    const warm = Math.floor(options.machines * warming)
    const shared = { ...traffic.load, address: server.address, requests: traffic.requests }
    requireGrants(await load({ ...shared, rate: 0, count: warm, seconds: 600 }, cores.generator))
    await server.settled()
    const before = await server.figures()
    const result = await load({ ...shared, first: warm, seconds: options.seconds, save, every }, cores.generator)
    requireGrants(result)
    const after = await server.figures()
    const drainSeconds = await drain(server)
    verifySample(traffic, save, prepared.folder)
    const batches = after.batches - before.batches
    return {
      ...{ load: result, backlog: after.unverified, drainSeconds, residentMB: server.resident() },
      batchSize: (after.entries - before.entries) / batches,
      syncMilliseconds: ((after.syncSeconds - before.syncSeconds) * 1_000) / batches,
      busy: (after.cpu - before.cpu) / 1e6 / result.seconds,
    }
  } finally {
    await server.stop()
  }
}

function requireGrants({ asked, grants, failed, refusals, challenges }: LoadResult): void {
  if (asked === grants) return
  const others = `${String(refusals)} refusals, ${String(challenges)} challenges, ${String(failed)} broken connections`
  throw new Error(`of ${String(asked)} requests ${String(grants)} were granted: ${others}`)
}

/** Waits until everything is verified; gives the seconds that it took. */
async function drain(server: HostServer): Promise<number> {
  const begun = performance.now()
  while ((await server.figures()).unverified > 0) await wait(20)
  return (performance.now() - begun) / 1_000
}

function verifySample({ requests }: Traffic, save: string, folder: string): void {
  const frames = splitFrames(new Uint8Array(readFileSync(requests)))
  const sold = readSold(folder)
  for (const [number, answer] of readAnswers(save)) verifyExchange(frames[number] ?? new Uint8Array(0), answer, sold)
}
