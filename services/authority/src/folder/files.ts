import { join } from 'node:path'

/** The files of an authority's folder. Every one is for its owner alone. */
export interface AuthorityFiles {
  readonly root: KeyPairFiles
  readonly issuing: KeyPairFiles
  readonly pack: KeyPairFiles
  readonly revocationList: KeyPairFiles
  readonly tls: KeyPairFiles
  readonly database: string
}

/** A private key and its certificate. */
export interface KeyPairFiles {
  readonly key: string
  readonly certificate: string
}

/** Names the files of the folder. */
export function authorityFiles(folder: string): AuthorityFiles {
  const pair = (name: string): KeyPairFiles => ({
    key: join(folder, `${name}.key`),
    certificate: join(folder, `${name}.pem`),
  })
  return {
    root: pair('root'),
    issuing: pair('issuing'),
    pack: pair('pack'),
    revocationList: pair('revocation-list'),
    tls: pair('tls'),
    database: join(folder, 'authority.db'),
  }
}
