import { entitlementOf } from '@volact/core/document/entitlement'
import { ActivationError } from '@volact/core/errors/activation-error'
import { activatedVendor } from '../export-host-ledger.ts'
import { readCertificates } from '../folder/certificates.ts'
import { type RenewedHost, renewHost, type RenewHostOptions } from '../renewal/renew-host.ts'

/**
 * Has the vendor confirm a spare that is in use (rule 47): a renewal that shows how it has taken over, and brings a certificate without the
 * mark. After the 60 days, too, as long as its certificate holds. `USAGE` for a host that is no spare.
 */
export async function confirmSpare(dir: string, options: RenewHostOptions): Promise<RenewedHost> {
  const { files } = activatedVendor(dir, options.vendor)
  if (entitlementOf(readCertificates(files.chain)[0]).spareFor !== undefined) return renewHost(dir, options)
  throw new ActivationError('USAGE', 'this host is no spare, or was confirmed already: there is nothing to confirm')
}
