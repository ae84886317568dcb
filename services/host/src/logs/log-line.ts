import { type Instant, toIso } from '@volact/core/time'
import { hideSecrets } from '@volact/core/errors/hide-secrets'
import type { LogFormat } from '../config/host-config.ts'
import { type LogEvent, severities } from './log-event.ts'

/** Writes an event as one line without its end, as people or programs read it. */
export function logLine(event: LogEvent, now: Instant, format: LogFormat): string {
  return format === 'json' ? jsonLine(event, now) : `${toIso(now)} ${event.level} ${plainLine(event)}`
}

/** Writes an event for journald, which knows the time itself and takes the level from the number (sd-daemon(3)). */
export function journalLine(event: LogEvent, now: Instant, format: LogFormat): string {
  return `<${severities[event.level]}>${format === 'json' ? jsonLine(event, now) : plainLine(event)}`
}

/** Writes an event as a message of syslog (RFC 5424 §6), from the facility `daemon`. */
export function syslogMessage(event: LogEvent, now: Instant, { host, process, format }: SyslogOrigin): string {
  const header = `<${daemon * 8 + severities[event.level]}>1 ${toIso(now)} ${token(host, 255)} volact-host ${process}`
  const text = format === 'json' ? jsonLine(event, now) : oneLine(event.text)
  return `${header} ${token(event.event, 32)} - ${text}`
}

/** Who sends a message of syslog. */
export interface SyslogOrigin {
  readonly host: string
  readonly process: number
  readonly format: LogFormat
}

const daemon = 3

function jsonLine({ level, event, text, fields }: LogEvent, now: Instant): string {
  const plain = Object.entries(fields ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? oneLine(value) : value,
  ])
  const own = { time: toIso(now), level, event, text: oneLine(text) }
  return JSON.stringify({ ...own, ...Object.fromEntries(plain), ...own })
}

function plainLine({ event, text }: LogEvent): string {
  return `${event}: ${oneLine(text)}`
}

/** journald splits lines of more than 48 KiB, and what comes behind would look like another event. */
const mostText = 8_192

/** What a person put in the wrong place is no line's business, and what a stranger named must not look like another line, nor steer a terminal. */
function oneLine(text: string): string {
  return hideSecrets(text)
    .slice(0, mostText)
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ')
    .trim()
}

/** Printable ASCII without spaces; `-` for nothing. */
function token(text: string, longest: number): string {
  return text.replaceAll(/[^!-~]/g, '').slice(0, longest) || '-'
}
