import type { Duration, Instant } from '@volact/core/time'
import type { HostConfig } from '../config/host-config.ts'
import { diskRoom } from '../metrics/disk-room.ts'
import { exposition, type Family, type HistogramFamily } from '../metrics/exposition.ts'
import { Idle } from '../metrics/idle.ts'
import { processMetrics } from '../metrics/process-metrics.ts'
import { vendorMetrics } from '../metrics/vendor-metrics.ts'
import type { HostStatus } from '../status.ts'
import type { AdminSource } from './admin-server.ts'
import { type Readiness, readinessOf, writeProblemOf } from './readiness.ts'

/** What the desk asks of a host. */
export interface AdminDeskOptions {
  readonly dir: string
  readonly version: string
  readonly now: () => Instant
  readonly elapsed: () => Duration
  readonly status: () => HostStatus
  readonly config: () => HostConfig
  /** A number that grows with each request. */
  readonly requests: () => number
  /** What else is measured. */
  readonly more: () => readonly (Family | HistogramFamily)[]
}

/** For how long it is believed that what could be written can be written, in seconds. */
const probeLife: Duration = 2

/** Gathers what the admin listener tells. */
export class AdminDesk implements AdminSource {
  readonly #options: AdminDeskOptions
  readonly #started: Instant
  readonly #idle: Idle
  #probe: { readonly problem: Promise<string | undefined>; readonly at: Duration } | undefined

  constructor(options: AdminDeskOptions) {
    this.#options = options
    this.#started = options.now()
    this.#idle = new Idle(options.elapsed, options.requests())
  }

  readonly readiness = async (): Promise<Readiness> => {
    const problem = await this.#writeProblem()
    return readinessOf(this.#options.status(), problem, this.#options.now())
  }

  readonly metrics = async (): Promise<string> => this.#metrics(await this.#writeProblem())

  #metrics(problem: string | undefined): string {
    const { dir, version, status, config, requests, now } = this.#options
    const [told, settings] = [status(), config()]
    return exposition([
      ...processMetrics({
        ...{ version, started: this.#started, memory: process.memoryUsage.rss(), disk: diskRoom(dir) },
        isReady: readinessOf(told, problem, now()).isReady,
        idleMinutes: this.#idle.look(requests()),
        limits: {
          idleMinutes: settings['alerts.idle-minutes'],
          diskFreeBytes: settings['alerts.disk-free-mb'] * 1_000_000,
        },
      }),
      ...vendorMetrics([told, ...told.others], settings['alerts.low-count']),
      ...this.#options.more(),
    ])
  }

  /** Whoever asks often does not wear the disk out. */
  #writeProblem(): Promise<string | undefined> {
    const { dir, elapsed } = this.#options
    if (this.#probe === undefined || elapsed() >= this.#probe.at + probeLife) {
      this.#probe = { problem: writeProblemOf(dir), at: elapsed() }
    }
    return this.#probe.problem
  }
}
