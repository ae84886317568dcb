import { existsSync } from 'node:fs'
import { encodeDetails } from '@volact/core/document/details'
import type { MachineFlags } from '@volact/core/document/flags'
import { type Anchor, anchorOf } from '@volact/core/licensing/anchor'
import { vectorOf } from '@volact/core/licensing/vector'
import type { FoundHardware, HardwareKind } from '../hardware/found-hardware.ts'
import type { HardwareFacts } from '../hardware/hardware-facts.ts'
import type { Installation } from '../installation.ts'
import { policyInForce } from '../policy/in-force.ts'
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

/** Says where the hardware is taken from when a vendor asks. */
export function hardwareKind({ files }: Pick<Installation, 'files'>, vendor: Vendor | undefined): HardwareKind {
  return vendor !== undefined && isForTestsOnly(vendor) && existsSync(files.hardware) ? 'simulated' : 'real'
}

/** Finds out about the hardware that the folder belongs to: simulated only where nothing but tests can be licensed. */
export async function findHardware({ files, vendors, probe }: HardwareSource): Promise<FoundHardware> {
  const isSimulated = vendors.every(isForTestsOnly)
  const simulated = isSimulated ? readSimulatedHardware(files.dir) : undefined
  return simulated === undefined ? { kind: 'real', facts: await probe() } : { kind: 'simulated', facts: simulated }
}

type HardwareSource = Pick<Installation, 'files' | 'vendors' | 'probe'>

/** Computes the anchor of this machine for a vendor: digests are the vendor's own, and say nothing to another one (rule 34). */
export function anchorFor(
  { machineId }: Pick<Installation, 'machineId'>,
  vendor: Vendor,
  facts: HardwareFacts,
): Anchor {
  const { systemUuid, boardSerial, diskSerial, virtual } = facts
  return anchorOf({ vendorId: vendor.catalog.vendor.id, systemUuid, boardSerial, diskSerial, virtual, machineId })
}

/** Describes the machine to a vendor. */
export async function describeMachine(installation: Installation, vendor: Vendor): Promise<Machine> {
  const facts = await factsFor(installation, vendor)
  const { anchor, weak } = anchorFor(installation, vendor, facts)
  const { reportName } = policyInForce(installation.readPolicy())
  return {
    anchor,
    // Which machines are ephemeral is said by the pool that they belong to (rule 38), not found out by a probe.
    flags: { weak, virtual: facts.virtual, ephemeral: installation.pool !== undefined },
    details: encodeDetails({
      // Addresses go with the name, since by them the name is found again (rule 33).
      ...(reportName === 'always' && { name: facts.hostname, addresses: facts.addresses }),
      vector: vectorOf(vendor.catalog.vendor.id, facts.components),
      version: clientVersion,
      system: facts.os,
    }),
  }
}

/** A vendor with a real root is never shown simulated hardware, whoever else is trusted here. */
async function factsFor(installation: Installation, vendor: Vendor): Promise<HardwareFacts> {
  const vendors = [vendor]
  return (await findHardware({ ...installation, vendors })).facts
}
