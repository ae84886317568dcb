import { existsSync } from 'node:fs'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type DeviceKey, makeDeviceKey, readDeviceKey } from '../folder/device-key.ts'
import type { ClientFiles } from '../folder/client-files.ts'
import { setAside } from '../folder/set-aside.ts'
import { whileLocked } from '../folder/store-lock.ts'
import { Identity } from './identity.ts'

/**
 * Opens the identity of a folder, and makes it at the first time. A key that is damaged makes way for a new one, which is noted: a
 * product must open. `FILE_NOT_PRIVATE` where other accounts may read it, and what the disk says: then it may well be whole.
 */
export function openIdentity(files: ClientFiles, note: (text: string) => void): Identity {
  const key = readKey(files, note)
  if (key !== 'damaged') return new Identity(files.deviceKey, key)
  return whileLocked(files, () => {
    // Another program may have been first.
    const again = readKey(files, note)
    return new Identity(files.deviceKey, again === 'damaged' ? replaceDamaged(files, note) : again)
  })
}

function readKey({ deviceKey, seal }: ClientFiles, note: (text: string) => void): DeviceKey | 'damaged' {
  try {
    return readDeviceKey(deviceKey)
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'FOLDER_DAMAGED') return 'damaged'
    if (!(error instanceof ActivationError) || error.code !== 'FILE_MISSING') throw error
    if (existsSync(seal)) note('the device key was gone, so this machine has a new identity; its product keys stay')
    return makeDeviceKey(deviceKey)
  }
}

function replaceDamaged({ deviceKey }: ClientFiles, note: (text: string) => void): DeviceKey {
  const aside = setAside(deviceKey)
  note(
    `the device key was damaged, so this machine has a new identity; its product keys stay, and it activates by itself; the damaged ` +
      `key is ${aside}`,
  )
  return makeDeviceKey(deviceKey)
}
