import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate authority of a site with one certificate for this machine, made by openssl as an administrator would. */
export interface TestTls {
  readonly certificate: string
  readonly key: string
  /** The certificate of the authority, PEM. */
  readonly ca: string
}

/** Makes an authority and a certificate for `localhost` and 127.0.0.1 in a folder. */
export function makeTls(dir: string, site: string): TestTls {
  const at = (name: string): string => join(dir, `${site}-${name}`)
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...ec, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '30', '-subj', '/CN=Site CA')
  openssl(
    ...[
      'req',
      '-x509',
      ...ec,
      '-keyout',
      at('host.key'),
      '-out',
      at('host.pem'),
      '-days',
      '20',
      '-subj',
      '/CN=localhost',
    ],
    ...['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
  )
  return { certificate: at('host.pem'), key: at('host.key'), ca: readFileSync(at('ca.pem'), 'utf8') }
}

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`)
}
