// Serves a prepared host's folder with a clock of its own, which begins at the time that the folder was prepared for.
// usage: node serve.mjs '{"dir":"…","time":1767225600}'           prints {"address":"127.0.0.1:PORT"}, and serves until its input ends
//   a line "figures" on its input is answered with a line of JSON
import { createInterface } from 'node:readline'
import { startSmall } from '@volact/host/start-small'

/** How a host is started for a run. */
export interface ServeOptions {
  readonly dir: string
  /** Seconds since 1970: what the host's clock says when it starts. */
  readonly time: number
  /** Has every signature verified as it comes, so that no grant rests unverified. */
  readonly verified?: boolean
  /** Keeps the usual budget for new identities (rule 39), which a benchmark of them lifts. */
  readonly strangers?: 'limited'
  /** Leaves the index out, which would be catching up with a ledger that was written beside the host. */
  readonly index?: 'on' | 'off'
}

/** What a host says of itself. */
export interface HostFigures {
  /** Grants whose request's signature has not been verified yet. */
  readonly unverified: number
  /** Entries that the index does not have yet. */
  readonly behind: number
  readonly rss: number
  readonly heapUsed: number
  readonly arrayBuffers: number
  /** Microseconds of all its threads. */
  readonly cpu: number
  readonly batches: number
  readonly entries: number
  /** Seconds that the batches waited for the disk. */
  readonly syncSeconds: number
}

const { dir, time, verified = false, strangers, index = 'on' } = JSON.parse(process.argv[2] ?? '{}') as ServeOptions
const started = performance.now()
const elapsed = (): number => (performance.now() - started) / 1_000
const host = await startSmall(async () => {
  // As the command does: what a start leaves behind is kept small.
  const { startHost } = await import('@volact/host/start-host')
  return await startHost({
    dir,
    listen: { host: '127.0.0.1', port: 0 },
    now: () => time + Math.floor(elapsed()),
    elapsed,
    ...(strangers === undefined && { strangers: { perSecond: 1_000_000, perDay: 1_000_000_000 } }),
    index,
    ...(verified && { verification: { owed: 0 } }),
    onNote: (text) => process.stderr.write(`host: ${text}\n`),
  })
})
print({ address: host.address })

const lines = createInterface({ input: process.stdin })
lines.on('line', () => {
  print(figures())
})
lines.once('close', () => void host.close())

function figures(): HostFigures {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const { unverified, indexBehind, vendors } = host.figures()
  const of = (figure: 'batches' | 'entries' | 'syncSeconds'): number =>
    vendors.reduce((sum, vendor) => sum + vendor.batches[figure], 0)
  return {
    ...{ unverified, behind: index === 'on' ? indexBehind : 0 },
    ...{ rss, heapUsed, arrayBuffers, cpu: user + system },
    ...{ batches: of('batches'), entries: of('entries'), syncSeconds: of('syncSeconds') },
  }
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
