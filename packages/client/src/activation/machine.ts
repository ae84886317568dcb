import { existsSync } from 'node:fs'
import { encodeDetails } from '@volact/core/document/details'
import type { MachineFlags } from '@volact/core/document/flags'
import { anchorOf } from '@volact/core/licensing/anchor'
import { vectorOf } from '@volact/core/licensing/vector'
import type { HardwareFacts } from '../hardware/hardware-facts.ts'
import type { Installation } from '../installation.ts'
import { readSimulatedHardware } from '../simulated-hardware.ts'
import { clientVersion } from '../version.ts'
import { isForTestsOnly, type Vendor } from '../vendors/vendor.ts'

/** What a request says of the machine. */
export interface Machine {
  readonly anchor: Uint8Array
  readonly flags: MachineFlags
  /** CBOR, beside the request (protocol.md §6.2). */
  readonly details: Uint8Array
}

/** Where a machine's hardware is taken from: a file under a root for tests, else the machine itself. */
export type HardwareKind = 'real' | 'simulated'

/** Says where the hardware is taken from when a vendor asks. */
export function hardwareKind({ files }: Pick<Installation, 'files'>, vendor: Vendor | undefined): HardwareKind {
  return vendor !== undefined && isForTestsOnly(vendor) && existsSync(files.hardware) ? 'simulated' : 'real'
}

/** Describes the machine to a vendor: digests are the vendor's own, and say nothing to another one (rule 34). */
export async function describeMachine(installation: Installation, vendor: Vendor): Promise<Machine> {
  const vendorId = vendor.catalog.vendor.id
  const facts = await factsFor(installation, vendor)
  const { systemUuid, boardSerial, diskSerial, virtual } = facts
  const { machineId } = installation
  const { anchor, weak } = anchorOf({ vendorId, systemUuid, boardSerial, diskSerial, virtual, machineId })
  return {
    anchor,
    // Which machines are ephemeral is said by the pool that they belong to (rule 38), not found out by a probe.
    flags: { weak, virtual, ephemeral: false },
    details: encodeDetails({
      name: facts.hostname,
      addresses: facts.addresses,
      vector: vectorOf(vendorId, facts.components),
      version: clientVersion,
      system: facts.os,
    }),
  }
}

async function factsFor(installation: Installation, vendor: Vendor): Promise<HardwareFacts> {
  const isSimulated = hardwareKind(installation, vendor) === 'simulated'
  const simulated = isSimulated ? readSimulatedHardware(installation.files.dir) : undefined
  return simulated ?? (await installation.probe())
}
