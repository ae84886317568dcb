import { activationTypes } from '@volact/client/hosts/activation-type'
import type { Scope } from '@volact/client/hosts/scope'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Printed } from '../output.ts'
import type { Client } from '@volact/client/open-client'
import type { Task } from './task.ts'

/** `/skms`: ask this host. */
export function setHost(client: Client, { values: [host = '', product] }: Task): Printed {
  if (host.startsWith(':')) {
    const message = `"${host}" is a port alone: a host that is found in DNS comes with its own, so name the host, too`
    throw new ActivationError('USAGE', message)
  }
  const set = client.setHost(host, scopeOf(product))
  return {
    text: `Key Management Service machine name set to ${set} successfully.`,
    json: { host: set },
    notes: client.hostSettings().notes,
  }
}

/** `/ckms`: look for hosts again. */
export function clearHost(client: Client, { values: [product] }: Task): Printed {
  client.clearHost(scopeOf(product))
  return {
    text: 'Key Management Service machine name cleared successfully.',
    json: {},
    notes: client.hostSettings().notes,
  }
}

/** `/skms-domain`: look for hosts in this zone. */
export function setDomain(client: Client, { values: [zone = '', product] }: Task): Printed {
  const domain = client.setDomain(zone, scopeOf(product))
  return {
    text: `Key Management Service lookup domain set to ${domain} successfully.`,
    json: { domain },
    notes: client.hostSettings().notes,
  }
}

/** `/ckms-domain`: look in the zones of this machine. */
export function clearDomain(client: Client, { values: [product] }: Task): Printed {
  client.clearDomain(scopeOf(product))
  return {
    text: 'Key Management Service lookup domain cleared successfully.',
    json: {},
    notes: client.hostSettings().notes,
  }
}

/** `/skhc` and `/ckhc`. */
export function setHostCaching(client: Client, caching: 'enabled' | 'disabled'): Printed {
  client.setHostCaching(caching === 'enabled')
  return { text: `KMS host caching is ${caching}`, json: { caching: caching === 'enabled' } }
}

/** `/act-type`: on which way to activate; any where no number is given. */
export function setActivationType(client: Client, { values: [number = '0', product] }: Task): Printed {
  const type = /^[0-3]$/.test(number) ? activationTypes[Number(number)] : undefined
  if (type === undefined) throw new ActivationError('USAGE', `"${number}" is no way of activation: write ${ways}`)
  if (type === 'token')
    throw new ActivationError('NO_COUNTERPART', `nothing is activated by smart cards: write ${ways}`)
  client.setActivationType(type, scopeOf(product))
  return {
    text: 'Volume activation type set successfully.',
    json: { activationType: type },
    notes: client.hostSettings().notes,
  }
}

const ways = '0 for any way, 1 for the directory only, 2 for a host only'

function scopeOf(product: string | undefined): Scope | undefined {
  return product === undefined ? undefined : { product: product.toLowerCase() }
}
