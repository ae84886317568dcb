import { randomBytes } from 'node:crypto'
import { linkSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { decodeUtf8, toHex, utf8 } from '@volact/core/bytes'
import { thumbprint } from '@volact/core/cose/key'
import { generatePrivateKey, hmacSha256, type Signer, signerFromPkcs8 } from '@volact/core/crypto'
import { decodePem, encodePem } from '@volact/core/der/pem'
import { ActivationError } from '@volact/core/errors/activation-error'
import { syncFolder, writeDurably } from '@volact/files/durable'
import { fileError, systemCode } from '@volact/files/file-error'
import { readLimited, requirePrivate } from '@volact/files/read-limited'
import { processName } from '@volact/files/running-process'
import { fileLimits } from './client-files.ts'

/** The key of this machine, with what follows from it. */
export interface DeviceKey {
  readonly signer: Signer
  /** Thumbprint of the key, 32 bytes (rule 34). */
  readonly machineId: Uint8Array
  /** What the seal is authenticated with: nobody makes one who does not have the private key. 32 bytes, a secret. */
  readonly sealKey: Uint8Array
  /** What the salts of details are derived with (protocol.md §6.2). 32 bytes, a secret. */
  readonly saltKey: Uint8Array
}

/**
 * Reads the device key. `FILE_MISSING`; `FOLDER_DAMAGED` when it is no key; `FILE_NOT_PRIVATE` when other accounts may read it, and
 * what the disk says.
 */
export function readDeviceKey(path: string): DeviceKey {
  const pem = readPem(path)
  requirePrivate(path)
  try {
    const [pkcs8 = new Uint8Array(), ...more] = decodePem(label, pem)
    const signer = signerFromPkcs8(pkcs8)
    if (more.length === 0 && signer.publicKey.algorithm === 'ESP256') return deviceKey(pkcs8, signer)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
  }
  throw new ActivationError('FOLDER_DAMAGED', `${path} is no device key`, { data: { path } })
}

/** Makes the device key of a new folder. Two programs that open it at once get the same: link(2) lets one be first. */
export function makeDeviceKey(path: string): DeviceKey {
  // The name of a leftover, so that the next to open the folder removes it if this program is killed.
  const name = `.${basename(path)}.${processName()}.${toHex(randomBytes(6))}.tmp`
  const candidate = join(dirname(path), name)
  try {
    writeDurably(candidate, newKey())
    linkSync(candidate, path)
    syncFolder(dirname(path))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw fileError(error, 'write', path)
  } finally {
    rmSync(candidate, { force: true })
  }
  return readDeviceKey(path)
}

/** Makes another device key in the place of the one that is there: from then on this is another machine. */
export function replaceDeviceKey(path: string): DeviceKey {
  writeDurably(path, newKey())
  return readDeviceKey(path)
}

const label = 'PRIVATE KEY'

function newKey(): Uint8Array {
  return utf8(encodePem(label, generatePrivateKey('ESP256')))
}

/** A file that is too large is damaged like any other; the key is never a large one. */
function readPem(path: string): string {
  try {
    return decodeUtf8(readLimited(path, fileLimits.deviceKey, 'the device key')) ?? ''
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'TOO_LARGE') return ''
    throw error
  }
}

function deviceKey(pkcs8: Uint8Array, signer: Signer): DeviceKey {
  const sealKey = hmacSha256(pkcs8, utf8('volact seal 1'))
  const saltKey = hmacSha256(pkcs8, utf8('volact salt 1'))
  return { signer, machineId: thumbprint(signer.publicKey), sealKey, saltKey }
}
