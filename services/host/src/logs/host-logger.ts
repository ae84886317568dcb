import { hostname } from 'node:os'
import type { Instant } from '@volact/core/time'
import type { HostConfig } from '../config/host-config.ts'
import { Folding } from './folding.ts'
import { type LogEvent, severities } from './log-event.ts'
import { journalLine, logLine, syslogMessage } from './log-line.ts'
import { openSyslog, type SyslogTarget } from './syslog.ts'

/** What of the settings the log goes by. */
export type LogSettings = Pick<HostConfig, 'log.to' | 'log.format' | 'log.level' | 'log.syslog'>

/** What a log needs of the world. */
export interface LogWorld {
  readonly now: () => Instant
  /** Writes to standard error, as it is. */
  readonly err: (text: string) => void
}

/** How often what was folded is looked at, in milliseconds. */
const foldingInterval = 15_000

/** The log of a host: one line for each event, to standard error, journald or syslog. */
export class HostLogger {
  readonly #world: LogWorld
  readonly #folding = new Folding()
  readonly #timer: NodeJS.Timeout
  #settings: LogSettings
  #syslog: SyslogTarget | undefined

  constructor(settings: LogSettings, world: LogWorld) {
    this.#world = world
    this.#settings = settings
    this.#syslog = syslogOf(settings)
    this.#timer = setInterval(() => {
      this.#writeAll(this.#folding.due(world.now()))
    }, foldingInterval).unref()
  }

  /** Says something, or counts it where the same was said just now. */
  readonly write = (event: LogEvent): void => {
    if (severities[event.level] <= severities[this.#settings['log.level']]) {
      this.#writeAll(this.#folding.take(event, this.#world.now()))
    }
  }

  /** Goes by other settings from now on. */
  async use(settings: LogSettings): Promise<void> {
    const [before, after] = [this.#settings, settings]
    this.#settings = settings
    if (before['log.to'] === after['log.to'] && before['log.syslog'] === after['log.syslog']) return
    const old = this.#syslog
    this.#syslog = syslogOf(settings)
    await old?.close()
  }

  /** Writes what is still folded, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#writeAll(this.#folding.due(Number.POSITIVE_INFINITY))
    await this.#syslog?.close()
  }

  #writeAll(events: readonly LogEvent[]): void {
    for (const event of events) this.#writeOne(event)
  }

  #writeOne(event: LogEvent): void {
    const now = this.#world.now()
    const format = this.#settings['log.format']
    switch (this.#settings['log.to']) {
      case 'stderr':
        this.#world.err(`${logLine(event, now, format)}\n`)
        break
      case 'journald':
        this.#world.err(`${journalLine(event, now, format)}\n`)
        break
      case 'syslog':
        this.#syslog?.send(syslogMessage(event, now, { host: hostname(), process: process.pid, format }))
    }
  }
}

function syslogOf(settings: LogSettings): SyslogTarget | undefined {
  return settings['log.to'] === 'syslog' ? openSyslog(settings['log.syslog']) : undefined
}
