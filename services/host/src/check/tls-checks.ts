import { days, type Instant, toIso } from '@volact/core/time'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { HostConfig } from '../config/host-config.ts'
import { readTlsFiles, type TlsPlace, tlsPlaces } from '../https/tls-files.ts'
import { type HostCheck, ok, problem, warning } from './host-check.ts'

/** Looks at the certificates for TLS and HTTPS: whether they can be read, fit their keys, and for how long they are good. */
export function tlsChecks(dir: string, config: HostConfig, now: Instant): readonly HostCheck[] {
  return tlsPlaces(dir, config).map((place) => tlsCheck(place, now))
}

function tlsCheck(place: TlsPlace, now: Instant): HostCheck {
  try {
    const { notAfter, subject } = readTlsFiles(place)
    const says = `the certificate of ${place.use} for ${subject} ends on ${toIso(notAfter)}`
    if (now >= notAfter)
      return problem('tls', says, `Put a new one into ${place.certificate}, and run "volact host reload".`)
    if (now >= notAfter - days(30)) return warning('tls', says, `Renew it, and run "volact host reload".`)
    return ok('tls', says)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return problem('tls', error.message, `Set ${place.use}.certificate and ${place.use}.key right.`)
  }
}
