import { ActivationError } from '@volact/core/errors/activation-error'
import { silent } from '../folder/kept-file.ts'
import { readStore } from '../folder/store.ts'
import { type HostAddress, parseHostAddress } from '../host-address.ts'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { requireLease } from './require-lease.ts'

/** Finds the host in whose ledger the lease of a product stands: the one that is named, or where it was last met. */
export function granter(installation: Installation, sold: SoldProduct, host: string | undefined): HostAddress {
  if (host !== undefined) return parseHostAddress(host)
  const { logId } = requireLease(installation, sold)
  const address = readStore(installation, silent).settings.logs.find(({ id }) => id === logId)?.address
  if (address !== undefined) return parseHostAddress(address)
  const message = `it is not known where the host is that granted the lease of ${sold.product.name}: name it with --host`
  throw new ActivationError('HOST_UNREACHABLE', message)
}
