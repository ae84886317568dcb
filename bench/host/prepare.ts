import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { concat } from '@volact/core/bytes'
import { days, type Instant } from '@volact/core/time'
import { cacheFolder, repositoryFolder } from './cache.ts'
import { copyHost } from './copy-host.ts'
import { askUntilGranted, nextRequests, portion, writeFrames } from './exchange.ts'
import { startHostServer } from './server.ts'
import { signAll } from './sign-pool.ts'
import type { Asked, SignJob } from './sign-work.ts'
import { beginning, makeActivatedHost } from './vendor.ts'

/** What a run needs, prepared once and kept. */
export interface Prepared {
  readonly folder: string
  /** A host's folder whose machines have each been granted twice, and no other ones. */
  readonly host: string
  /** The next renewals of these machines: frames, in the order of their last grants. */
  readonly renewals: string
  /** First requests of as many machines that the host does not know. */
  readonly firsts: string
  /** A host's folder that no machine has come to yet. */
  readonly empty: string
  /** What the host's clock has to say when they are sent. */
  readonly time: Instant
  /** Of what all this depends on. */
  readonly fingerprint: string
}

/** Raised when what is prepared here is made in another way. */
const format = 1

/** When machines first ask, when they renew for the first time, and when they do in a run. */
const [firstTime, secondTime, runTime] = [days(1), days(8), days(15)].map((after) => beginning + after) as [
  Instant,
  Instant,
  Instant,
]

/** Prepares machines and a host that knows them, or takes what an earlier run has left. `say` is told what takes long. */
export async function prepare(machines: number, say: (text: string) => void): Promise<Prepared> {
  const folder = join(cacheFolder, `machines-${String(machines)}`)
  const prepared = {
    ...{ folder, host: join(folder, 'host'), empty: join(folder, 'empty'), time: runTime, fingerprint: fingerprint() },
    ...{ renewals: join(folder, 'renewals.frames'), firsts: join(folder, 'firsts.frames') },
  }
  const mark = join(folder, 'prepared')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === prepared.fingerprint) return prepared
  say(`preparing ${String(machines)} machines, once …`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await makeActivatedHost(folder)
  copyHost(prepared.host, prepared.empty)
  await writeFirsts(prepared, machines)
  await writeRenewals(prepared, machines, say)
  writeFileSync(mark, prepared.fingerprint)
  return prepared
}

/** What is prepared depends on: how it is made, the documents of the protocol, which its golden vectors pin down, and the ledger's format. */
function fingerprint(): string {
  const digest = createHash('sha256')
  for (const path of decisive) digest.update(readFileSync(join(repositoryFolder, path)))
  return `${String(format)} ${digest.digest('hex')}\n`
}

const decisive = [
  'vectors/v1/SHA256SUMS',
  'bench/host/machine.ts',
  'bench/host/synthetic-grant.ts',
  'packages/client/src/activation/outgoing-request.ts',
  'packages/ledger/src/record.ts',
]

async function writeFirsts({ folder, firsts }: Prepared, machines: number): Promise<void> {
  const signed = await signAll(makeJobs(folder, machines, machines, runTime))
  writeFrames(
    firsts,
    signed.flatMap(({ asked }) => asked),
  )
}

function makeJobs(folder: string, begin: number, machines: number, time: Instant): readonly SignJob[] {
  return Array.from({ length: Math.ceil(machines / portion) }, (_, job) => ({
    ...{ kind: 'make', folder, time, first: begin + job * portion },
    count: Math.min(portion, machines - job * portion),
  }))
}

async function writeRenewals(
  { folder, host, renewals }: Prepared,
  machines: number,
  say: (text: string) => void,
): Promise<void> {
  const made = await signAll(makeJobs(folder, 0, machines, firstTime))
  const secrets = concat(...made.map((job) => job.machines))
  let asked: readonly Asked[] = made.flatMap((job) => job.asked)
  for (const time of [firstTime, secondTime]) {
    say(`${time === firstTime ? 'first activation' : 'first renewal'} of ${String(machines)} machines …`)
    const server = await startHostServer({ dir: host, time }, undefined)
    try {
      const granted = await askUntilGranted({ folder, secrets, time, signAll }, server.address, asked)
      const later = time === firstTime ? secondTime : runTime
      asked = await nextRequests({ folder, secrets, time: later, signAll }, granted)
    } finally {
      await server.stop()
    }
  }
  writeFrames(renewals, asked)
}
