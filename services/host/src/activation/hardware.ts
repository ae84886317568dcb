import type { HardwareFacts as ProbedFacts } from '@volact/client/hardware-probe'
import { thumbprint } from '@volact/core/cose/key'
import type { PublicKey } from '@volact/core/crypto'
import type { HardwareId } from '@volact/core/document/hardware-id'
import { anchorOf } from '@volact/core/licensing/anchor'
import { vectorOf } from '@volact/core/licensing/vector'

/** What of a machine's hardware makes its hardware ID. */
export type HardwareFacts = Pick<ProbedFacts, 'systemUuid' | 'boardSerial' | 'diskSerial' | 'components' | 'virtual'>

/** Finds out about the hardware of this machine. */
export type HardwareProbe = () => Promise<HardwareFacts>

/** Computes the hardware ID of a host for a vendor (rules 9, 34). Where no hardware can be read, the signing key stands for it. */
export function hardwareIdOf(vendorId: string, facts: HardwareFacts, signingKey: PublicKey): HardwareId {
  const { systemUuid, boardSerial, diskSerial, components, virtual } = facts
  const machineId = thumbprint(signingKey)
  const { anchor } = anchorOf({ vendorId, systemUuid, boardSerial, diskSerial, virtual, machineId })
  return { anchor, vector: vectorOf(vendorId, components) }
}
