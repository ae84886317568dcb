import { toHex } from '@volact/core/bytes'
import { days, type Instant, toIso } from '@volact/core/time'
import type { OpenedVendor } from '../open-host.ts'
import { readRestored } from '../recovery/restored.ts'

/** A renewal is offered so long before the end (rule 6). */
export const renewalWindow: number = days(270)

/** What a person should know when a host is started: how long its certificate lasts, and whether its ledger was restored. A sentence each. */
export function standingNotes({ vendor, service }: OpenedVendor, now: Instant): readonly string[] {
  if (service === undefined) return []
  const { notAfter } = service.log.certificate
  const left = Math.max(0, Math.floor((notAfter - now) / days(1)))
  const restored = readRestored(vendor.files)
  return [
    ...(now < notAfter - renewalWindow
      ? []
      : [
          `the certificate of ${vendor.id} lasts until ${toIso(notAfter)}, ${left} more days: renew it with "volact host renew"`,
        ]),
    ...(service.spare === undefined
      ? []
      : [
          `spare in use: this host stands in for the log ${toHex(service.spare.predecessor)} of ${vendor.id} until ${toIso(service.spare.until)}; have it confirmed with "volact host spare confirm"`,
        ]),
    ...(restored === undefined
      ? []
      : [
          `the ledger of ${vendor.id} was restored from a backup of ${toIso(restored.backup)} and not recovered: clients that know more of it stop this host`,
        ]),
  ]
}
