import { existsSync } from 'node:fs'
import { equal } from '@volact/core/bytes'
import type { Signer } from '@volact/core/crypto'
import { ActivationError } from '@volact/core/errors/activation-error'
import { openKeyFile } from '@volact/keys/key-file'
import type { Ledger } from '@volact/ledger/ledger'
import { openLedger } from '@volact/ledger/open-ledger'
import { type HostCertificate, openHostCertificate } from '../activation/host-certificate.ts'
import { identityOf } from '../activation/identity.ts'
import { finishActivation } from '../activation/install-activation.ts'
import { finishRenewal } from '../renewal/install-renewal.ts'
import { readCertificates } from './certificates.ts'
import { readEarlierKeys } from './earlier.ts'
import type { Vendor } from './vendor.ts'

/** What an activation has left in the folder: the certificate, the key it is for, and the ledger, open. */
export interface Activated {
  readonly certificate: HostCertificate
  readonly signer: Signer
  readonly ledger: Ledger
}

/** Opens what the activation with a vendor has left; nothing when there was none. The caller closes the ledger. */
export function openActivated({ files, root }: Vendor): Activated | undefined {
  finishActivation(files)
  finishRenewal(files)
  if (!existsSync(files.chain)) return undefined
  const chain = readCertificates(files.chain)
  const signer = openKeyFile(files.signingKey)
  if (!equal(signer.publicKey.bytes, chain[0].publicKey.bytes)) {
    const message = `${files.signingKey} is not the key of ${files.chain}: restore the folder from its last backup`
    throw new ActivationError('FOLDER_DAMAGED', message, { data: { path: files.signingKey } })
  }
  const ledger = openLedger(files.ledger, { keys: [signer.publicKey, ...readEarlierKeys(files)] })
  try {
    // As of its first day: that it has ended since then is no damage, and is said when somebody asks for a grant.
    const identity = { ...identityOf(ledger), signingKey: signer.publicKey }
    const certificate = openHostCertificate(chain, root, identity, chain[0].notBefore)
    return { certificate, signer, ledger }
  } catch (error) {
    ledger.close()
    throw error
  }
}
