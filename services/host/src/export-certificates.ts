import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ActivationError } from '@volact/core/errors/activation-error'
import { openFolder } from '@volact/files/data-folder'
import { fileError } from '@volact/files/file-error'
import { makeFolders } from '@volact/files/make-folders'
import { readCertificates, writeCertificates } from './folder/certificates.ts'
import { chooseVendor } from './folder/vendor.ts'

export interface ExportedCertificates {
  readonly root: string
  readonly issuing: string
  readonly host: string
}

/**
 * Writes the certificates that leases of this host rest on as `root.pem`, `issuing.pem` and `host.pem` into a folder, which is made if
 * it is missing: for `openssl verify`, and whoever wants to check a lease. Works beside the running host.
 */
export function exportCertificates(
  dir: string,
  to: string,
  { vendor }: { readonly vendor?: string } = {},
): ExportedCertificates {
  const { files, root, id } = chooseVendor(openFolder(dir, 'host').path, vendor)
  if (!existsSync(files.chain)) {
    throw new ActivationError(
      'HOST_NOT_ACTIVATED',
      `this host has no certificate of ${id}: run "volact host activate" first`,
    )
  }
  const [host, ...issuing] = readCertificates(files.chain)
  const paths = { root: join(to, 'root.pem'), issuing: join(to, 'issuing.pem'), host: join(to, 'host.pem') }
  try {
    makeFolders(to, 0o755)
  } catch (error) {
    throw fileError(error, 'write', to)
  }
  writeCertificates(paths.root, [root])
  writeCertificates(paths.issuing, issuing)
  writeCertificates(paths.host, [host])
  return paths
}
