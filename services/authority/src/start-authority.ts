import { hostname } from 'node:os'
import { isIPv6 } from 'node:net'
import { readKeyPem } from '@volact/keys/key-file'
import { serveControl } from '@volact/files/control-socket'
import type { Instant } from '@volact/core/time'
import { openAuthority } from './authority.ts'
import { readCertificatePem } from './folder/certificate-file.ts'
import { authorityFiles } from './folder/files.ts'
import { handleCommand } from './service/commands.ts'
import { makeHttpServer, type TlsFiles } from './service/http-server.ts'
import { listen, type ListenAddress } from './service/listen.ts'

/** How an authority is started. */
export interface StartOptions {
  readonly dir: string
  readonly listen: ListenAddress
  readonly now: () => Instant
  /** Told of failures of this machine and of bugs, none of which ends the service; by default they go to stderr. */
  readonly report?: (error: unknown) => void
}

/** A running authority. */
export interface RunningAuthority {
  /** An https URL. */
  readonly address: string
  /** Ends it: no further questions, then the folder is free. */
  close(): Promise<void>
}

/**
 * Starts the authority's service: HTTPS for hosts, and a socket in the folder for commands of its owner. Errors: those of
 * `openAuthority` and `listen`; what was opened until then is closed again.
 */
export async function startAuthority(options: StartOptions): Promise<RunningAuthority> {
  const { dir, now, report = console.error } = options
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    const authority = await openAuthority({ dir, now })
    closing.push(() => authority.close())
    const server = await makeHttpServer({ authority, tls: readTls(dir), report })
    closing.push(() => server.close())
    const port = await listen(server, options.listen)
    await authority.rememberAddress(urlOf(reachable(options.listen.host), port))
    const control = await serveControl(dir, (question) => handleCommand(authority, question))
    closing.push(() => control.close())
    return { address: urlOf(loopbackOf(options.listen.host), port), close }
  } catch (error) {
    await close()
    throw error
  }
}

function readTls(dir: string): TlsFiles {
  const { tls, issuing } = authorityFiles(dir)
  return {
    key: readKeyPem(tls.key),
    chain: readCertificatePem(tls.certificate) + readCertificatePem(issuing.certificate),
  }
}

const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** From this machine a service on every address is reached by its loopback one, from others by its name. */
function loopbackOf(host: string): string {
  return wildcards[host] ?? host
}

function reachable(host: string): string {
  return host in wildcards ? hostname() : host
}

function urlOf(host: string, port: number): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
}
