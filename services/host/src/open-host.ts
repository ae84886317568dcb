import { equal } from '@volact/core/bytes'
import { compareVectors } from '@volact/core/licensing/vector'
import { type HardwareProbe, hardwareIdOf } from './activation/hardware.ts'
import { identityOf } from './activation/identity.ts'
import { type Activated, openActivated } from './folder/activated.ts'
import { lastHeadTime } from './folder/last-head-time.ts'
import { openVendor, type Vendor, vendorIds } from './folder/vendor.ts'
import type { OwnIntervals } from './pipeline/terms.ts'
import { LedgerClock, type TimeSources } from './pipeline/clock.ts'
import { HostLog } from './pipeline/host-log.ts'
import { KnownTime } from './pipeline/known-time.ts'
import { type ServiceObserver, VendorService } from './pipeline/vendor-service.ts'
import { isUnknown } from './spare/unknown-hardware.ts'
import type { Strangers } from './strangers/strangers.ts'
import { Verification } from './verification/verification.ts'
import { verifierFor } from './verification/verifier-for.ts'

/** A vendor of a host, and the service for its products if the host is activated with it. */
export interface OpenedVendor {
  readonly vendor: Vendor
  readonly service: VendorService | undefined
}

/** How the vendors of a folder are opened. */
export interface OpenHostOptions {
  /** The intervals that the host is set to give out. */
  readonly ownIntervals?: () => OwnIntervals
  readonly time: TimeSources
  readonly observer: ServiceObserver
  /** Where signatures are verified, one for all vendors; missing where a folder is only looked into, and nothing is verified. */
  readonly verification?: Verification
  readonly fastWay?: 'on' | 'off'
  /** The door for new identities, one for all vendors (rule 39); without it everybody is let in. */
  readonly strangers?: Strangers
}

/** Opens all vendors of a host's folder, whose lock is held. */
export function openVendors(hostDir: string, options: OpenHostOptions): readonly OpenedVendor[] {
  return vendorIds(hostDir).map((id) => {
    const vendor = openVendor(hostDir, id)
    const activated = openActivated(vendor)
    return { vendor, service: activated && startService(vendor, activated, options) }
  })
}

function startService(
  vendor: Vendor,
  activated: Activated,
  {
    time,
    observer,
    ownIntervals,
    verification = new Verification(verifierFor()),
    fastWay = 'on',
    strangers,
  }: OpenHostOptions,
): VendorService {
  const { ledger, certificate, signer } = activated
  ledger.notes.forEach(observer.note)
  const knownTime = new KnownTime(vendor.files.knownTime)
  const clock = new LedgerClock(
    time,
    Math.max(ledger.lastTime, lastHeadTime(ledger, signer.publicKey)),
    knownTime.value,
  )
  const log = new HostLog(ledger, certificate, signer)
  const terms = {
    catalog: vendor.pack.catalog,
    entitlement: certificate.entitlement,
    logId: log.logId,
    chainEnds: certificate.notAfter,
    ...(ownIntervals && { ownIntervals }),
  }
  const { id, files } = vendor
  return new VendorService(terms, log, clock, {
    vendor: id,
    files,
    observer,
    verification,
    fastWay,
    knownTime,
    ...(strangers && { strangers }),
  })
}

/** Compares this machine with the one that was certified (rule 9): an honest host's check on itself. It serves on in any case. */
export async function isHardwareAsCertified({ vendor, service }: OpenedVendor, probe: HardwareProbe): Promise<boolean> {
  if (service === undefined) return true
  const facts = await probe()
  const { leaf, entitlement } = service.log.certificate
  if (isUnknown(entitlement.hardware, identityOf(service.log.ledger).entry)) return true
  const found = hardwareIdOf(vendor.id, facts, leaf.publicKey)
  if (equal(found.anchor, entitlement.hardware.anchor)) return true
  return compareVectors(entitlement.hardware.vector, found.vector, facts).withinTolerance
}
