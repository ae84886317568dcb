import { removeKept } from '../folder/kept-file.ts'
import type { Installation } from '../installation.ts'
import { dropBound } from './drop-bound.ts'
import type { FoundHardware } from '../hardware/found-hardware.ts'
import { judgeSeal } from './judge-seal.ts'
import { writeSeal } from './seal.ts'

/**
 * Makes this folder another machine: a new device key, sealed to the hardware that is there, and nothing that was bound to the old
 * one. Keys, settings, memory and checkpoints stay: what is known of ledgers is known of them whoever knows it. The folder's lock is
 * held, and what the new machine shall remember is written already.
 *
 * The key comes first and the seal last. Whoever opens a folder in which this was broken off finds a seal that the key did not make,
 * and does the rest.
 */
export function takeNewIdentity(
  { identity, files }: Pick<Installation, 'identity' | 'files'>,
  found: FoundHardware | undefined,
): void {
  identity.replace()
  const { sealKey, machineId } = identity.key
  dropBound(files, machineId)
  if (found === undefined) removeKept(files.seal)
  else writeSeal(files, sealKey, judgeSeal(undefined, found).fitting)
}
