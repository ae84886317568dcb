import { type Instant, toIso } from '@volact/core/time'
import { isHardwareAsCertified, type OpenedVendor } from '../open-host.ts'
import type { HardwareProbe } from './hardware.ts'
import { hardwareEnd } from './hardware-grace.ts'

/** Compares the hardware with the one that a vendor has certified, and says until when the host serves on if that is another one (rule 36). */
export async function compareHardware(
  opened: OpenedVendor,
  probe: HardwareProbe,
  now: Instant,
): Promise<string | undefined> {
  const { vendor, service } = opened
  const found = (await isHardwareAsCertified(opened, probe)) ? 'certified' : 'other'
  const end = hardwareEnd(vendor.files, found, now)
  service?.serveUntil(end)
  if (end === undefined) return undefined
  return `this is other hardware than ${vendor.id} has certified: it serves on until ${toIso(end)}; activate the host again by then`
}
