import { createPrivateKey, X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { decodeUtf8 } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import type { HostConfig } from '../config/host-config.ts'

/** Where the certificate and the key of a listener lie. */
export interface TlsPlace {
  readonly use: 'tls' | 'https'
  readonly certificate: string
  readonly key: string
}

/** The certificate of a listener and its key, which is none of the host's own. */
export interface TlsFiles {
  /** PEM: the certificate and its chain, and the private key. */
  readonly cert: string
  readonly key: string
  readonly subject: string
  readonly notAfter: Instant
}

/** Names the files for TLS that the settings ask for: of the activation port, and of HTTPS. Relative paths are the folder's. */
export function tlsPlaces(dir: string, config: HostConfig): readonly TlsPlace[] {
  const tls = placeOf('tls', dir, config['tls.certificate'], config['tls.key'])
  const https = placeOf('https', dir, config['https.certificate'], config['https.key']) ?? tls
  return [
    ...(config['tls.mode'] === 'off' || tls === undefined ? [] : [tls]),
    ...(config['https.listen'] === 'off' || https === undefined ? [] : [{ ...https, use: 'https' as const }]),
  ]
}

function placeOf(
  use: TlsPlace['use'],
  dir: string,
  certificate: string | undefined,
  key: string | undefined,
): TlsPlace | undefined {
  if (certificate === undefined || key === undefined) return undefined
  return { use, certificate: resolve(dir, certificate), key: resolve(dir, key) }
}

/** Reads what the settings ask for, of each use. */
export function readAllTls(dir: string, config: HostConfig): { readonly tls?: TlsFiles; readonly https?: TlsFiles } {
  return Object.fromEntries(tlsPlaces(dir, config).map((place) => [place.use, readTlsFiles(place)]))
}

const mostBytes = 262_144

/** Reads certificate and key. `TLS_FILES_INVALID` when they are none or do not belong together, `FILE_NOT_PRIVATE`, `FILE_MISSING`. */
export function readTlsFiles(place: TlsPlace): TlsFiles {
  const cert = textOf(place.certificate, 'the certificate for TLS')
  const key = textOf(place.key, 'the key for TLS')
  requirePrivate(place.key)
  try {
    const leaf = new X509Certificate(cert)
    if (!leaf.checkPrivateKey(createPrivateKey(key))) throw invalid(place, 'the key is another one’s')
    // A key that is too short, or a chain that is none, shows only here; at a handshake it would be too late.
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
    return {
      cert,
      key,
      subject: leaf.subjectAltName ?? leaf.subject,
      notAfter: Math.floor(leaf.validToDate.getTime() / 1_000),
    }
  } catch (error) {
    if (error instanceof ActivationError) throw error
    throw invalid(place, error instanceof Error ? error.message : String(error))
  }
}

function textOf(path: string, what: string): string {
  return decodeUtf8(readLimited(path, mostBytes, what)) ?? ''
}

function invalid({ certificate, key }: TlsPlace, why: string): ActivationError {
  return new ActivationError('TLS_FILES_INVALID', `${certificate} and ${key} make no TLS: ${why}`)
}
