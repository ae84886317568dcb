import { equal } from '@volact/core/bytes'
import { thumbprint } from '@volact/core/cose/key'
import type { HardwareId } from '@volact/core/document/hardware-id'
import type { HostActivationEntry } from '@volact/core/document/plain-entry'
import { vectorComponents } from '@volact/core/licensing/vector'
import type { HardwareProbe } from '../activation/hardware.ts'

/** Finds nothing: where a spare will run, nobody knows when it is made. Its signing key stands for its hardware. */
export const unknownHardware: HardwareProbe = () =>
  Promise.resolve({
    ...{ systemUuid: undefined, boardSerial: undefined, diskSerial: undefined, virtual: false },
    components: vectorComponents.map(() => undefined),
  })

/** Says whether a certificate names no hardware, so that there is none to be another one (rule 36). */
export function isUnknown({ anchor, vector }: HardwareId, { signingKey }: HostActivationEntry): boolean {
  return vector.every((component) => component === null) && equal(anchor, thumbprint(signingKey))
}
