import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { serveInChild } from '@volact/host/host-child.fixture'
import { makeActivatedHost } from '@volact/host/host.fixture'
import { hostStatus } from '@volact/host/host-status'
import { makeVendor, start } from '@volact/host/vendor.fixture'
import { isLong, rounds } from '@volact/testkit/rounds'
import { askFrom, each } from './ask-from.fixture.ts'
import { EstateMachine } from './estate-machine.fixture.ts'
import type { FloodOrder, FloodReport } from './flood.fixture.ts'

const known = isLong() ? 10_000 : 400
const identities = isLong() ? 200_000 : 2_000
/** The budget of a host as it comes (rule 39); the line is as long as the trial is large. */
const budget = { perSecond: 20, perDay: 100_000, waiting: rounds(2_048) }
/** How many known machines ask at the same time, and how many of the flood. */
const [askers, flooders] = [8, rounds(4_000)]
/** How often all known machines renew while the flood lasts. */
const renewals = 3

/** A flood, ready to begin. */
async function makeFlood(order: FloodOrder): Promise<Worker> {
  const options = { workerData: order, execArgv: ['--conditions=volact-source', '--no-warnings'] }
  const worker = new Worker(new URL('./flood.fixture.ts', import.meta.url), options)
  onTestFinished(async () => {
    await worker.terminate()
  })
  await once(worker, 'message')
  return worker
}

function bytesOf(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

const patience = { timeout: 1_800_000 }

it(
  'a flood of self-made identities keeps no known machine from its lease, and fills no disk (rules 20, 39, 40)',
  patience,
  async () => {
    const vendor = makeVendor({ threshold: 1 })
    const dir = await makeActivatedHost(vendor)
    const machines = Array.from({ length: known }, (_, number) => new EstateMachine(`known ${number}`))
    /** All of them renew; gives the 99th of a hundred times, in milliseconds. */
    const renewAll = async (address: string): Promise<number> => {
      const times: number[] = []
      await each(machines, askers, async (machine) => {
        const begun = performance.now()
        const send = (message: Uint8Array): Promise<Uint8Array | undefined> =>
          askFrom(address, '127.0.0.1', message, 60_000)
        expect(await machine.attempt(vendor.desktop, start, send)).toBe(true)
        times.push(performance.now() - begun)
      })
      return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0
    }
    const open = await serveInChild(dir)
    for (let round = 0; round < 2; round += 1) await renewAll(open.address)
    await open.kill()

    const worker = await makeFlood({ product: vendor.desktop, now: start, identities, atATime: flooders })
    const host = await serveInChild(dir, { strangers: budget })
    const look = async (): Promise<{ size: number; bytes: number; sentAway: number }> => {
      const { ledger, newcomers } = await hostStatus(dir, { now: () => start })
      return { size: ledger?.size ?? 0, bytes: bytesOf(dir), sentAway: newcomers?.sentAway ?? 0 }
    }
    const without = await renewAll(host.address)
    const [before, begun] = [await look(), performance.now()]
    const over = once(worker, 'message') as Promise<[FloodReport]>
    worker.postMessage(host.address)
    const times: number[] = []
    while (times.length < renewals) times.push(await renewAll(host.address))
    const seconds = (performance.now() - begun) / 1_000
    const after = await look()
    worker.postMessage('')
    await host.kill()
    const [report] = await over

    const takenIn = after.size - before.size - renewals * known
    const most = budget.perSecond * (seconds + 2)
    expect(takenIn).toBeLessThanOrEqual(most)
    // An entry with its request, its details and its rows in the index; caches and the write-ahead log of the index aside.
    expect(after.bytes - before.bytes).toBeLessThan(4_096 * (renewals * known + most) + 16_000_000)
    expect(after.sentAway).toBeGreaterThan(0)
    const said = report.kind === 'over' ? report.answers.map(([code, number]) => `${code} ${number}`).join(', ') : ''
    console.log(
      `${known} known machines beside ${identities} self-made identities (${said}): p99 ${without.toFixed(1)} ms without, ` +
        `${times.map((time) => time.toFixed(1)).join(', ')} ms with; ${takenIn} of them were taken in within ${seconds.toFixed(1)} s`,
    )
  },
)
