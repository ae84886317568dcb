import type { Installation } from '../installation.ts'
import type { FoundHardware } from '../hardware/found-hardware.ts'
import { judgeSeal } from './judge-seal.ts'
import { inspectSeal, writeSeal } from './seal.ts'

/** Seals the folder to the hardware that a verified grant was given for, however much of it has changed (rule 36). */
export function acceptHardware({ files, identity }: Installation, found: FoundHardware): void {
  const { sealKey } = identity.key
  const seal = inspectSeal(files, sealKey)
  if (seal.kind === 'unreadable') return
  const { fitting, isNew } = judgeSeal(seal.kind === 'read' ? seal.value : undefined, found)
  if (isNew) writeSeal(files, sealKey, fitting)
}
