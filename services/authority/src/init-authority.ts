import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Signer } from '@volact/core/crypto'
import { rootFingerprint } from '@volact/core/document/fingerprint'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { type Certificate, extensionValue } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import { openFolder } from '@volact/files/data-folder'
import { lockFolder } from '@volact/files/lock'
import {
  type Issuer,
  makeDocumentLeaf,
  makeIssuing,
  makeRoot,
  makeServerCertificate,
  type Subject,
  type Validity,
} from '@volact/keys/certificate-maker'
import { createKeyFile, openKeyFile } from '@volact/keys/key-file'
import { derServerName, isDnsName } from '@volact/keys/server-name'
import { readCertificateFile, writeCertificateFile } from './folder/certificate-file.ts'
import { type AuthorityFiles, authorityFiles, type KeyPairFiles } from './folder/files.ts'
import { ownValidity, type Purpose } from './folder/lifetimes.ts'

/** How an authority is set up. */
export interface InitOptions {
  readonly dir: string
  readonly now: Instant
  /** Names and addresses under which hosts reach it; by default this machine's name and the loopback ones. */
  readonly names?: readonly string[]
  /** Stands in the names of its certificates; by default "Volact authority". */
  readonly vendor?: string
  /** For the lab: the root is marked as a test's, names say so, and everything lasts 400 days. */
  readonly test?: boolean
}

/** What a new authority is known by. */
export interface InitializedAuthority {
  /** Absolute. */
  readonly dir: string
  readonly root: Certificate
  /** SHA-256 of the root, for people to compare. */
  readonly fingerprint: string
  readonly names: readonly string[]
}

/**
 * Makes an authority: its keys, certificates and folder. `FILE_EXISTS` where one is already, `USAGE` for a name that no
 * certificate can carry. What a killed attempt has made is kept and completed, because a key is never made twice.
 */
export function initAuthority(options: InitOptions): InitializedAuthority {
  const names = requireNames(options.names ?? defaultNames())
  const { path } = openFolder(options.dir, 'authority', { create: true })
  const lock = lockFolder(path)
  try {
    const files = authorityFiles(path)
    refuseSecond(path, files)
    return { dir: path, names, ...makeAll(files, names, options) }
  } finally {
    lock.release()
  }
}

/** The certificate of the server is made last, so that where it lies everything lies. */
function refuseSecond(path: string, files: AuthorityFiles): void {
  if (!existsSync(files.tls.certificate)) return
  const message = `${path} holds an authority already: use it as it is, or name another folder with --dir`
  throw new ActivationError('FILE_EXISTS', message, { data: { path } })
}

function makeAll(
  files: AuthorityFiles,
  names: ServerNames,
  { now, vendor = 'Volact authority', test = false }: InitOptions,
): Pick<InitializedAuthority, 'root' | 'fingerprint'> {
  const purpose = test ? 'test' : 'production'
  const validity = ownValidity(purpose, now)
  const name = (what: string): { commonName: string } => ({ commonName: commonName(vendor, what, purpose) })
  const subject = (what: string, { publicKey }: Signer, valid: Validity): Subject => ({
    name: name(what),
    publicKey,
    validity: valid,
  })

  const root = ensure(files.root, (signer) =>
    makeRoot({ name: name('root'), signer, validity: validity.root, purpose }),
  )
  requirePurpose(root.certificate, purpose)
  const others = within(validity.others, root)
  const issuing = ensure(files.issuing, (key) => makeIssuing(subject('issuing', key, others), root))
  const lists = (key: Signer): Uint8Array =>
    makeDocumentLeaf({ kind: 'revocation-list', ...subject('revocation list', key, others) }, root)
  ensure(files.revocationList, lists)
  const rest = within(others, issuing)
  ensure(files.pack, (key) => makeDocumentLeaf({ kind: 'pack', ...subject('pack', key, rest) }, issuing))
  ensure(files.tls, (key) => makeServerCertificate({ names, ...subject('server', key, rest) }, issuing))
  return { root: root.certificate, fingerprint: rootFingerprint(root.certificate) }
}

function ensure(files: KeyPairFiles, make: (signer: Signer) => Uint8Array): Issuer {
  const signer = existsSync(files.key) ? openKeyFile(files.key) : createKeyFile(files.key, 'ESP256')
  if (!existsSync(files.certificate)) writeCertificateFile(files.certificate, make(signer))
  return { signer, certificate: readCertificateFile(files.certificate) }
}

/** A killed attempt may have made its root a while ago, so that ours would outlive it by that much. */
function within({ notBefore, notAfter }: Validity, { certificate }: Issuer): Validity {
  return { notBefore, notAfter: Math.min(notAfter, certificate.notAfter) }
}

function requirePurpose(root: Certificate, purpose: Purpose): void {
  if ((extensionValue(root, extensionOids.testRoot) !== undefined) === (purpose === 'test')) return
  const message = `an unfinished authority for ${purpose === 'test' ? 'production' : 'tests'} is here: name another folder with --dir`
  throw new ActivationError('FILE_EXISTS', message)
}

function commonName(vendor: string, what: string, purpose: Purpose): string {
  const suffix = ` ${what}${purpose === 'test' ? ' (lab)' : ''}`
  // Names are cut at 64 characters; what tells the certificates apart must not be what is lost.
  return (
    Array.from(vendor)
      .slice(0, 64 - suffix.length)
      .join('') + suffix
  )
}

function defaultNames(): readonly string[] {
  const loopback = ['localhost', '127.0.0.1', '::1']
  const own = hostname()
  return isDnsName(own) && !loopback.includes(own) ? [own, ...loopback] : loopback
}

type ServerNames = readonly [string, ...string[]]

function requireNames([first, ...more]: readonly string[]): ServerNames {
  if (first === undefined)
    throw new ActivationError('USAGE', 'the server needs a name or an address: give at least one')
  for (const name of [first, ...more]) derServerName(name)
  return [first, ...more]
}
