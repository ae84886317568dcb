import type { ActivationOutcome, ClientStatus } from '@volact/client/open-client'
import type { InstalledProduct } from '@volact/client/install-key'
import { ActivationError } from '@volact/core/errors/activation-error'
import { toIso } from '@volact/core/time'
import { facts } from './columns.ts'
import { searchFacts } from './host-settings-text.ts'

type Activated = Extract<ActivationOutcome, { outcome: 'activated' }>
type Refused = Extract<ActivationOutcome, { outcome: 'refused' }>

/** Says what an activation has brought. */
export function activationText({ product, expires, host, count, threshold, leaseIndex }: Activated): string {
  return [
    `${product} is licensed until ${toIso(expires)}`,
    `granted by ${host}, which has seen ${count} machines and needs ${threshold}; entry ${leaseIndex} of its ledger`,
  ].join('\n')
}

/** Tells of the hosts that were asked in vain before. */
export function passedOverNotes({ passedOver }: Pick<Activated, 'passedOver'>): readonly string[] {
  return passedOver.map(({ host, code, message }) => `${host} could not activate: ${message} (${code})`)
}

/** A refusal as the failure of a command, with the hosts that were asked before. */
export function refusal({ code, text, passedOver, ...data }: Refused): ActivationError {
  const attempts = passedOver.map(({ host, ...rest }) => ({ target: host, ...rest }))
  return new ActivationError(code, text, { attempts, data })
}

/** Says what an installed key has changed. */
export function installedText({ name, edition, change, replaced }: InstalledProduct): string {
  switch (change) {
    case 'installed':
      return `the setup key of ${name} is installed`
    case 'unchanged':
      return `the setup key of ${name} is installed already`
    case 'edition-changed':
      return `the setup key of ${name} ${edition} is installed in the place of that of the edition ${replaced?.edition ?? ''}`
  }
}

/** Says what holds on a machine. */
export function statusText(status: ClientStatus): string {
  const { state, number, reason, expires, product, vendor, count, threshold, upcoming } = status
  return facts([
    ['product', product && `${product.name} (${product.slug}, ${product.channel})`],
    ['other products', status.products.filter((slug) => slug !== product?.slug).join(', ') || undefined],
    ['state', `${state} (${number})${reason === undefined ? '' : `, ${reason}`}`],
    ['until', expires === undefined ? undefined : toIso(expires)],
    ['enforcement', status.enforcement === 'none' ? undefined : status.enforcement],
    [
      'afterwards',
      upcoming && `${upcoming.state}${upcoming.enforcement === 'none' ? '' : `, ${upcoming.enforcement}`}`,
    ],
    ['rearms left', status.rearms?.machine],
    ['features', status.features.join(', ') || undefined],
    ['vendor', vendor && `${vendor.name} (${vendor.id})`],
    ...searchFacts(status),
    ['count', count === undefined ? undefined : `${count} when it was granted`],
    ['threshold', threshold],
    ['next attempt', status.nextAttempt === undefined ? undefined : toIso(status.nextAttempt)],
    ['machine ID', `${status.machineId}${status.ephemeral ? ', ephemeral' : ''}`],
    ['log ID', status.logId],
    ['ledger entry', status.leaseIndex],
    ['spare in use', status.spareFor && `the host stands in for that of the log ${status.spareFor}`],
    ['hardware', status.hardware],
    ['roots', status.protected ? 'protected' : 'unprotected: whoever can write into this folder can exchange them'],
  ])
}
