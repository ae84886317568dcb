import type { ConfigKey, HostConfig } from './host-config.ts'

/** What does not fit together, with the settings that it is about. */
export interface Misfit {
  readonly keys: readonly ConfigKey[]
  readonly text: string
}

/** For how long a machine counts after it was seen, in minutes: 30 days. */
const window = 43_200

/** Finds what is wrong although each value for itself is right. */
export function misfits(config: HostConfig): readonly Misfit[] {
  return [...shortWindow(config), ...halfPairs(config), ...withoutCertificate(config), ...longerThanEntries(config)]
}

function shortWindow(config: HostConfig): readonly Misfit[] {
  const renewal = config['intervals.renewal']
  if (renewal === undefined || config['intervals.force'] || renewal * 3 <= window) return []
  const text =
    `three renewals of ${renewal} minutes do not fit into the 30 days for which a machine counts, so a machine that misses ` +
    `one or two falls out of the count: take ${window / 3} at most, or set intervals.force to true`
  return [{ keys: ['intervals.renewal'], text }]
}

function halfPairs(config: HostConfig): readonly Misfit[] {
  return (['tls', 'https'] as const).flatMap((table): readonly Misfit[] => {
    const [certificate, key] = [`${table}.certificate`, `${table}.key`] as const
    if ((config[certificate] === undefined) === (config[key] === undefined)) return []
    const [there, missing] = config[key] === undefined ? [certificate, key] : [key, certificate]
    return [{ keys: [there], text: `set ${missing}, too: certificate and key belong together` }]
  })
}

/** What belongs to entries goes with them: a longer time would promise what is not kept. */
function longerThanEntries(config: HostConfig): readonly Misfit[] {
  const most = config['retention.entries-days']
  return (['retention.ephemeral-days', 'retention.details-days'] as const).flatMap((key): readonly Misfit[] => {
    if (config[key] <= most) return []
    const text = `${key} is ${config[key]}, but entries are kept for ${most} days: raise retention.entries-days, too`
    return [{ keys: [key], text }]
  })
}

function withoutCertificate(config: HostConfig): readonly Misfit[] {
  const isTls = config['tls.mode'] !== 'off' && config['tls.certificate'] === undefined
  const isHttps =
    config['https.listen'] !== 'off' && (config['https.certificate'] ?? config['tls.certificate']) === undefined
  return [
    ...(isTls
      ? [{ keys: ['tls.mode'] as const, text: 'TLS needs a certificate: set tls.certificate and tls.key' }]
      : []),
    ...(isHttps
      ? [{ keys: ['https.listen'] as const, text: 'HTTPS needs a certificate: set https.certificate and https.key' }]
      : []),
  ]
}
