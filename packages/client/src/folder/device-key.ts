import { randomBytes } from 'node:crypto'
import { linkSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { decodeUtf8, toHex, utf8 } from '@volact/core/bytes'
import { generatePrivateKey, type Signer, signerFromPkcs8 } from '@volact/core/crypto'
import { decodePem, encodePem } from '@volact/core/der/pem'
import { ActivationError } from '@volact/core/errors/activation-error'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { fileError, systemCode } from '@volact/files/file-error'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { processName } from '@volact/files/running-process'
import { fileLimits } from './client-files.ts'

const label = 'PRIVATE KEY'

/**
 * Opens the device key, whose thumbprint is the machine ID (rule 34), and makes it at the first time. `FILE_NOT_PRIVATE` when
 * other accounts may read it; `FOLDER_DAMAGED` when it is no key, because a new one would be a new machine.
 */
export function openDeviceKey(path: string): Signer {
  try {
    return readDeviceKey(path)
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code !== 'FILE_MISSING') throw error
    makeDeviceKey(path)
    return readDeviceKey(path)
  }
}

function readDeviceKey(path: string): Signer {
  const text = decodeUtf8(readLimited(path, fileLimits.deviceKey, 'the device key')) ?? ''
  requirePrivate(path)
  try {
    const [pkcs8 = new Uint8Array(), ...more] = decodePem(label, text)
    const signer = signerFromPkcs8(pkcs8)
    if (more.length === 0 && signer.publicKey.algorithm === 'ESP256') return signer
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
  }
  const message = `${path} is no device key: restore it, or move it away and activate again as a new machine`
  throw new ActivationError('FOLDER_DAMAGED', message, { data: { path } })
}

/** Two programs that open a new folder at once must get the same identity: link(2) lets one of them be first. */
function makeDeviceKey(path: string): void {
  // The name of a leftover, so that the next to open the folder removes it if this program is killed.
  const name = `.${basename(path)}.${processName()}.${toHex(randomBytes(6))}.tmp`
  const candidate = join(dirname(path), name)
  try {
    writeDurably(candidate, utf8(encodePem(label, generatePrivateKey('ESP256'))))
    linkSync(candidate, path)
    syncFolder(dirname(path))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw fileError(error, 'write', path)
  } finally {
    rmSync(candidate, { force: true })
  }
}
