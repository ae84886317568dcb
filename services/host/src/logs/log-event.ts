/** What a host has to say, one line each. */
export interface LogEvent {
  readonly level: LogLevel
  /** What kind of event it is, in a word that never changes: `started`, `foreign-client`. */
  readonly event: string
  /** A sentence for a person, without secrets and whole keys. */
  readonly text: string
  /** The same for programs. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>
}

export type LogLevel = 'info' | 'warning' | 'error'

/** Takes what a host has to say. */
export type Log = (event: LogEvent) => void

/** The severity of a level in syslog and journald (RFC 5424 §6.2.1). */
export const severities: Readonly<Record<LogLevel, number>> = { info: 6, warning: 4, error: 3 }
