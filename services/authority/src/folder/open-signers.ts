import { equal } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type Certificate, extensionValue } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import type { Issuer } from '@volact/keys/certificate-maker'
import { openKeyFile } from '@volact/keys/key-file'
import { readCertificateFile } from './certificate-file.ts'
import { type AuthorityFiles, type KeyPairFiles } from './files.ts'
import type { Purpose } from './lifetimes.ts'

/** What the running authority signs with. The root's key stays closed: nothing here needs it. */
export interface Signers {
  readonly purpose: Purpose
  readonly root: Certificate
  readonly issuing: Issuer
  readonly pack: SignerOf<'pack'>
}

/** A key for one kind of document, with its chain in DER: leaf, issuing, root. */
export interface SignerOf<Kind extends string> {
  readonly kind: Kind
  readonly signer: Signer
  readonly chain: readonly [Uint8Array, ...Uint8Array[]]
}

/** Opens the keys that a running authority needs. `FOLDER_DAMAGED` when a key and its certificate do not fit. */
export function openSigners(files: AuthorityFiles): Signers {
  const root = readCertificateFile(files.root.certificate)
  const issuing = openPair(files.issuing)
  const pack = openPair(files.pack)
  const chain = [pack.certificate.der, issuing.certificate.der, root.der] as const
  return {
    purpose: extensionValue(root, extensionOids.testRoot) === undefined ? 'production' : 'test',
    root,
    issuing,
    pack: { kind: 'pack', signer: pack.signer, chain },
  }
}

function openPair(files: KeyPairFiles): Issuer {
  const signer = openKeyFile(files.key)
  const certificate = readCertificateFile(files.certificate)
  if (equal(signer.publicKey.bytes, certificate.publicKey.bytes)) return { signer, certificate }
  const message = `${files.certificate} is for another key than ${files.key}: restore both from the last backup`
  throw new ActivationError('FOLDER_DAMAGED', message, { data: { path: files.certificate } })
}
