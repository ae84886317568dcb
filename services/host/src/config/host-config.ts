import { days } from '@volact/core/time'
import { usualRetention } from '@volact/ledger/retain'
import type { ListenAddress } from '../network/frame-server.ts'
import { networkLimits } from '../network/limits.ts'
import { strangerLimits } from '../strangers/limits.ts'
import { listenOn, listenOrOff } from './listen-setting.ts'
import { choice, filePath, onOff, optionalNumber, parsed, type Setting, wholeNumber } from './setting.ts'

/** All that can be set on a host, by the names that `host.toml` has for it: the table, a dot, the key. */
export interface HostConfig {
  readonly listen: ListenAddress
  readonly priority: 'normal' | 'low'
  readonly 'intervals.activation': number | undefined
  readonly 'intervals.renewal': number | undefined
  readonly 'intervals.force': boolean
  readonly 'tls.mode': TlsMode
  readonly 'tls.certificate': string | undefined
  readonly 'tls.key': string | undefined
  readonly 'https.listen': ListenAddress | 'off'
  readonly 'https.certificate': string | undefined
  readonly 'https.key': string | undefined
  readonly 'admin.listen': ListenAddress | 'off'
  readonly 'dns.enabled': boolean
  readonly 'dns.checkpoint': boolean
  readonly 'dns.checkpoint-minutes': number
  readonly 'log.to': LogTarget
  readonly 'log.format': LogFormat
  readonly 'log.level': 'info' | 'warning'
  readonly 'log.syslog': string
  readonly 'alerts.low-count': number | undefined
  readonly 'alerts.idle-minutes': number
  readonly 'alerts.disk-free-mb': number
  readonly 'limits.connections': number
  readonly 'limits.connections-per-address': number
  readonly 'limits.new-connections-per-second': number
  readonly 'limits.first-byte-seconds': number
  readonly 'limits.frame-seconds': number
  readonly 'limits.waiting-mb': number
  readonly 'limits.new-machines-per-second': number
  readonly 'limits.new-machines-per-day': number
  readonly 'limits.new-machines-per-address': number | undefined
  readonly 'limits.disk-mb': number | undefined
  readonly 'retention.entries-days': number
  readonly 'retention.ephemeral-days': number
  readonly 'retention.details-days': number
}

/** Whether the activation port speaks TLS: never, to clients that begin with it, or always. */
export type TlsMode = 'off' | 'optional' | 'required'

export type LogTarget = 'stderr' | 'journald' | 'syslog'
export type LogFormat = 'text' | 'json'

/** The bounds of both intervals, which are those of the old commands, too. */
const minutes = { least: 15, most: 43_200 }

/** A name of a setting. */
export type ConfigKey = keyof HostConfig

/** Every setting. A place for more is here alone: file, environment, flags, checks and the page follow. */
export const hostSettings: { readonly [Key in ConfigKey]: Setting<HostConfig[Key]> } = {
  listen: listenOn({ host: '0.0.0.0', port: 1_688 }, { says: 'where clients are served', takes: 'reload' }),
  priority: choice(['normal', 'low'], 'normal', {
    says: 'the priority of the host among the programs of its machine; low may starve it, so that counts are not sustained',
    takes: 'reload',
  }),
  'intervals.activation': optionalNumber(minutes, {
    says: 'minutes after which a machine without a license asks again; the catalog’s where nothing is set, and what the host’s certificate says stands above both',
    takes: 'reload',
  }),
  'intervals.renewal': optionalNumber(minutes, {
    says: 'minutes after which a license is renewed; three of them must fit into the 30 days for which a machine counts',
    takes: 'reload',
  }),
  'intervals.force': onOff(false, {
    says: 'whether a renewal interval is taken that lets machines fall out of the count after fewer than three missed renewals',
    takes: 'reload',
  }),
  'tls.mode': choice(['off', 'optional', 'required'], 'off', {
    says: 'whether the activation port speaks TLS: never, with clients that begin it (while a site moves over), or with all',
    takes: 'restart',
  }),
  'tls.certificate': filePath({ says: 'PEM file with the certificate for TLS and its chain', takes: 'reload' }),
  'tls.key': filePath({
    says: 'PEM file with the private key for TLS, for the host’s account alone; never the host’s signing key',
    takes: 'reload',
  }),
  'https.listen': listenOrOff({
    says: 'where activation is served over HTTPS, and nothing else, for machines that only a web proxy lets out',
    takes: 'restart',
  }),
  'https.certificate': filePath({
    says: 'PEM file with the certificate for HTTPS; that of `tls` if none',
    takes: 'reload',
  }),
  'https.key': filePath({ says: 'PEM file with the private key for HTTPS; that of `tls` if none', takes: 'reload' }),
  'admin.listen': listenOrOff({
    says: 'where `/livez`, `/readyz` and `/metrics` are served, without TLS and to anybody: keep it on loopback or behind a firewall',
    takes: 'restart',
  }),
  'dns.enabled': onOff(true, {
    says: 'whether the host publishes itself in the zones below; where no zone is named, it publishes nothing',
    takes: 'reload',
  }),
  'dns.checkpoint': onOff(true, {
    says: 'whether the signed checkpoint stands in DNS beside the host, where every machine can compare it; it shows how many entries the ledger has',
    takes: 'reload',
  }),
  'dns.checkpoint-minutes': wholeNumber(
    { least: 1, most: 10_080, usual: 60 },
    { says: 'how many minutes pass at least between two checkpoints in DNS', takes: 'reload' },
  ),
  'log.to': choice(['stderr', 'journald', 'syslog'], 'stderr', {
    says: 'where the log goes; `journald` is standard error with the levels that it understands',
    takes: 'reload',
  }),
  'log.format': choice(['text', 'json'], 'text', { says: 'how a line is written', takes: 'reload' }),
  'log.level': choice(['info', 'warning'], 'info', { says: 'from which level on lines are written', takes: 'reload' }),
  'log.syslog': parsed(syslogTarget, {
    says: 'where syslog is: the path of its socket, or `udp://HOST:PORT`',
    ...{ values: 'a path or "udp://HOST:PORT"', usual: '/dev/log', takes: 'reload' },
  }),
  'alerts.low-count': optionalNumber(
    { least: 1, most: 1_000_000 },
    {
      says: 'the count below which metrics and `host check` warn; the largest threshold of an application where nothing is set',
      takes: 'reload',
    },
  ),
  'alerts.idle-minutes': wholeNumber(
    { least: 15, most: 43_200, usual: 10_080 },
    { says: 'the minutes without any request after which metrics and `host check` warn', takes: 'reload' },
  ),
  'alerts.disk-free-mb': wholeNumber(
    { least: 1, most: 1_000_000, usual: 512 },
    { says: 'the megabytes of free disk below which metrics and `host check` warn', takes: 'reload' },
  ),
  'limits.connections': wholeNumber(
    { least: 16, most: 1_000_000, usual: networkLimits.connections },
    {
      says: 'connections at one time; for one more, those make room that have been idle for longest',
      takes: 'restart',
    },
  ),
  'limits.connections-per-address': wholeNumber(
    { least: 0, most: 1_000_000, usual: networkLimits.perAddress },
    { says: 'connections of one address at one time; 0 for no limit', takes: 'restart' },
  ),
  'limits.new-connections-per-second': wholeNumber(
    { least: 0, most: 1_000_000, usual: networkLimits.newPerSecond },
    {
      says: 'new connections of one address in a second; 0 for no limit, as a whole site may stand behind one address',
      takes: 'restart',
    },
  ),
  'limits.first-byte-seconds': wholeNumber(
    { least: 1, most: 3_600, usual: networkLimits.firstByte / 1_000 },
    { says: 'the seconds that a new connection has for its first byte', takes: 'restart' },
  ),
  'limits.frame-seconds': wholeNumber(
    { least: 1, most: 3_600, usual: networkLimits.frame / 1_000 },
    {
      says: 'the seconds that a connection has for a whole request, for taking an answer, and for its next request',
      takes: 'restart',
    },
  ),
  'limits.waiting-mb': wholeNumber(
    { least: 1, most: 100_000, usual: networkLimits.waitingBytes / 1_000_000 },
    { says: 'the megabytes of requests and answers that may wait in memory', takes: 'restart' },
  ),
  'limits.new-machines-per-second': wholeNumber(
    { least: 1, most: 1_000_000, usual: strangerLimits.perSecond },
    { says: 'machines that may come for the first time in a second; known ones never wait for them', takes: 'restart' },
  ),
  'limits.new-machines-per-day': wholeNumber(
    { least: 1, most: 1_000_000_000, usual: strangerLimits.perDay },
    {
      says: 'machines that may come for the first time on a day (UTC); `volact host expect` raises it for a roll-out',
      takes: 'restart',
    },
  ),
  'limits.new-machines-per-address': optionalNumber(
    { least: 1, most: 1_000_000_000 },
    {
      says: 'machines that may come for the first time from one address on a day; where nothing is set, what others leave',
      takes: 'restart',
    },
  ),
  'limits.disk-mb': optionalNumber(
    { least: 1, most: 1_000_000_000 },
    {
      says: 'the megabytes that ledger and index may take: from 90 % on only known machines are recorded; where nothing is set, what is taken and what is free on the disk',
      takes: 'restart',
    },
  ),
  'retention.entries-days': wholeNumber(
    { least: 220, most: 36_500, usual: usualRetention.entries / days(1) },
    {
      says: 'the days for which the entries of machines are kept, and their history and refusals in lists; proofs hold for ever',
      takes: 'reload',
    },
  ),
  'retention.ephemeral-days': wholeNumber(
    { least: 30, most: 36_500, usual: usualRetention.ephemeral / days(1) },
    { says: 'the same for machines without a persistent store', takes: 'reload' },
  ),
  'retention.details-days': wholeNumber(
    { least: 30, most: 36_500, usual: usualRetention.details / days(1) },
    {
      says: 'the days for which requests, names, addresses and details of hardware are kept after the last contact',
      takes: 'reload',
    },
  ),
}

/** The names of all settings, in the order of the table. */
export const configKeys: readonly ConfigKey[] = Object.keys(hostSettings).filter(isConfigKey)

/** Whether a text is the name of a setting. */
export function isConfigKey(text: string): text is ConfigKey {
  return Object.hasOwn(hostSettings, text)
}

/** What holds where nothing is set. */
export const usualConfig: HostConfig = Object.fromEntries(
  configKeys.map((key) => [key, hostSettings[key].usual]),
) as unknown as HostConfig

function syslogTarget(text: string): string | undefined {
  const [, path, port] = /^(?:(\/.+)|udp:\/\/(?:\[[0-9a-f:.]+\]|[^\s:/[\]]+):(\d{1,5}))$/i.exec(text) ?? []
  const isPort = Number(port) >= 1 && Number(port) <= 65_535
  return (path !== undefined && !path.includes('\0')) || isPort ? text : undefined
}
