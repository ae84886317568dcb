import type { ActivationOutcome, ClientStatus } from '@volact/client/open-client'
import { toIso } from '@volact/core/time'
import { facts } from './columns.ts'

type Activated = Extract<ActivationOutcome, { outcome: 'activated' }>

/** Says what an activation has brought. */
export function activationText({ product, expires, host, count, threshold, leaseIndex }: Activated): string {
  return [
    `${product} is licensed until ${toIso(expires)}`,
    `granted by ${host}, which has seen ${count} machines and needs ${threshold}; entry ${leaseIndex} of its ledger`,
  ].join('\n')
}

/** Says what holds on a machine. */
export function statusText(status: ClientStatus): string {
  const { state, number, reason, expires, product, vendor, host, count, threshold } = status
  return facts([
    ['product', product && `${product.name} (${product.slug}, ${product.channel})`],
    ['other products', status.products.filter((slug) => slug !== product?.slug).join(', ') || undefined],
    ['state', `${state} (${number})${reason === undefined ? '' : `, ${reason}`}`],
    ['until', expires === undefined ? undefined : toIso(expires)],
    ['features', status.features.join(', ') || undefined],
    ['vendor', vendor && `${vendor.name} (${vendor.id})`],
    ['host', host ?? 'none is set'],
    ['count', count === undefined ? undefined : `${count} when it was granted`],
    ['threshold', threshold],
    ['next attempt', status.nextAttempt === undefined ? undefined : toIso(status.nextAttempt)],
    ['machine ID', status.machineId],
    ['log ID', status.logId],
    ['ledger entry', status.leaseIndex],
    ['hardware', status.hardware],
    ['roots', status.protected ? 'protected' : 'unprotected: whoever can write into this folder can exchange them'],
  ])
}
