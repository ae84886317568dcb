import { existsSync } from 'node:fs'
import { thumbprint } from '@volact/core/cose/key'
import type { Signer } from '@volact/core/crypto'
import { openFolder } from '@volact/files/data-folder'
import { removeLeftovers } from '@volact/files/durable'
import { lockFolder } from '@volact/files/lock'
import { type ClientFiles, clientFiles } from './client-files.ts'
import { openDeviceKey } from './device-key.ts'

/** A client's folder with the identity that lives in it. */
export interface ClientFolder {
  readonly files: ClientFiles
  readonly signer: Signer
  /** 32 bytes (rule 34). */
  readonly machineId: Uint8Array
}

/**
 * Opens a client's folder and makes the device key at the first time; with `create` the folder itself, too. Takes no lock:
 * many programs may read a license at once. Throws what `openFolder` throws, `FILE_NOT_PRIVATE` or `FOLDER_DAMAGED`.
 */
export function openClientFolder(dir: string, { create }: { readonly create: boolean }): ClientFolder {
  const files = clientFiles(openFolder(dir, 'client', { create }).path)
  for (const folder of [files.licenses, files.pending, files.checkpoints]) {
    if (existsSync(folder)) removeLeftovers(folder)
  }
  const signer = openDeviceKey(files.deviceKey)
  return { files, signer, machineId: thumbprint(signer.publicKey) }
}

/** Does something while no other program writes into the folder; `FOLDER_IN_USE` when one does. */
export function whileLocked<T>({ dir }: ClientFiles, run: () => T): T {
  const lock = lockFolder(dir)
  try {
    return run()
  } finally {
    lock.release()
  }
}
