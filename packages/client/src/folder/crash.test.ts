import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeBase64 } from '@volact/core/bytes'
import { grantTime } from '@volact/core/document/host.fixture'
import { isLong, rounds } from '@volact/testkit/rounds'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { honest, type ScriptedHost, TestVendor } from '../client.fixture.ts'
import { openClient } from '../open-client.ts'
import { startScripted } from '../setting.fixture.ts'
import { crashCatalog, type CrashOrder, crashProbe } from './crash.fixture.ts'

const vendor = new TestVendor()
const program = fileURLToPath(new URL('crash.fixture.ts', import.meta.url))
const seed = Math.floor(Math.random() * 2 ** 32)

/**
 * Moments at which a child is looked at, beside the one at which it is killed: it is stopped, and its folder copied, which holds
 * exactly what a kill at that moment would have left. The copies are opened when the child is dead, as its locks say then.
 */
const copiesPerKill = isLong() || process.platform !== 'linux' ? 0 : 19

interface Moment {
  readonly dir: string
  /** Index of the last lease that was confirmed; nothing before the first and after a rearm of the machine has begun. */
  readonly confirmed: number | undefined
}

/** A child at work in a folder. */
class Worker {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #dir: string

  constructor(order: CrashOrder, cache: string) {
    const env = { ...process.env, NODE_COMPILE_CACHE: cache }
    const args = ['--conditions=volact-source', program, JSON.stringify(order)]
    this.#child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#dir = order.dir
    if (this.#child.stdout === null) throw new Error('no pipe')
    createInterface(this.#child.stdout).on('line', (line) => this.#lines.push(line))
    onTestFinished(() => void this.#child.kill('SIGKILL'))
  }

  async ready(): Promise<void> {
    while (!this.#lines.includes('ready')) {
      if (this.#child.exitCode !== null) throw new Error('the child has ended by itself')
      await setTimeout(2)
    }
  }

  /** Copies the folder as it is in the middle of whatever the child does. */
  async copy(to: string): Promise<Moment> {
    const { confirmed } = this
    this.#child.kill('SIGSTOP')
    while (!readFileSync(`/proc/${String(this.#child.pid)}/stat`, 'latin1').includes(') T ')) await setTimeout(1)
    cpSync(this.#dir, to, { recursive: true })
    this.#child.kill('SIGCONT')
    // A rearm that had begun before the stop may be heard of only now.
    await setTimeout(1)
    return { dir: to, confirmed: this.#hasRearmedSince(confirmed) ? undefined : confirmed }
  }

  async kill(): Promise<Moment> {
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await ended
    return { dir: this.#dir, confirmed: this.confirmed }
  }

  get confirmed(): number | undefined {
    const last = this.#lines.findLast((line) => line === 'rearm' || line.startsWith('granted'))
    return last?.startsWith('granted') === true ? Number(last.split(' ')[1]) : undefined
  }

  #hasRearmedSince(confirmed: number | undefined): boolean {
    return this.#lines.slice(this.#lines.indexOf(`granted ${String(confirmed)}`)).includes('rearm')
  }
}

/** The store opens, nothing in it is damaged, and no lease that was confirmed is gone. */
async function look({ dir, confirmed }: Moment): Promise<void> {
  const vendors = [{ roots: [vendor.root.der], policy: crashCatalog }]
  const client = await openClient({ dir, create: false, now: () => grantTime, probe: crashProbe, vendors })
  const { state, leaseIndex, notes, products } = client.status('desktop-1')
  expect(notes, dir).toEqual([])
  expect(products).toContain('desktop-1')
  if (confirmed === undefined) return
  expect(state).toBe('licensed')
  expect(leaseIndex).toBeGreaterThanOrEqual(confirmed)
}

describe('a store whose writer is killed at any moment', () => {
  it(
    'opens, with every lease that was confirmed (rule 14)',
    async () => {
      const server = await startScripted(honest(vendor.host(), () => grantTime))
      const children = rounds(1_000) / (copiesPerKill + 1)
      const cache = temporaryFolder()
      console.log(`seed ${String(seed)}, ${String(children)} kills, ${String(copiesPerKill)} copies before each`)
      // Two folders at a time, because most of a round is the start of a program.
      const lanes = [0, 1].map(async (lane) => {
        const dir = join(temporaryFolder(), 'client')
        for (let round = lane; round < children; round += 2) await trial(round, { dir, cache, server })
      })
      await Promise.all(lanes)
    },
    isLong() ? 1_800_000 : 60_000,
  )
})

interface Trial {
  readonly dir: string
  readonly cache: string
  readonly server: ScriptedHost
}

async function trial(round: number, { dir, cache, server }: Trial): Promise<void> {
  const root = encodeBase64(vendor.root.der)
  const order = { dir, host: server.address, root, now: grantTime, seed: (seed + round) >>> 0 }
  const worker = new Worker(order, cache)
  await worker.ready()
  const copies: Moment[] = []
  for (let at = 0; at < copiesPerKill; at++) {
    await setTimeout(Math.random() * 10)
    copies.push(await worker.copy(join(temporaryFolder(), 'copy')))
  }
  await setTimeout(Math.random() * 40)
  for (const moment of [...copies, await worker.kill()]) await look(moment)
}
