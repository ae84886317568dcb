import { defaultPort, formatHostAddress, parseHostAddress } from '@volact/client/host-address'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Printed } from '../output.ts'
import { setHostCaching } from './client-hosts.ts'
import { rearm, removeKey } from './client-keys.ts'
import { showProducts, statusesOf } from './client-products.ts'
import { osppStatus, osppStatusPage } from './ospp-status.ts'
import type { Client } from '@volact/client/open-client'
import type { Task } from './task.ts'

/** `/dstatus`. */
export function showStatus(client: Client, task: Task): Printed {
  const shown = showProducts(client, task, osppStatus)
  return { ...shown, text: osppStatusPage(shown.text) }
}

/** `/dcmid`. */
export function showMachineId(client: Client): Printed {
  const { machineId } = client.status()
  return { text: `Client Machine ID (CMID): ${machineId}`, json: { machineId } }
}

/** `/unpkey`: remove the key that ends like this. */
export function removeKeyEnding(client: Client, { values: [lastFive = ''] }: Task): Printed {
  const products = statusesOf(client, []).flatMap(({ product }) => product ?? [])
  const found = products.find((product) => product.lastFive === lastFive.toUpperCase())
  if (found !== undefined) return removeKey(client, found.activationId)
  const known = products.map((product) => product.lastFive).join(', ') || 'none'
  throw new ActivationError('NO_PRODUCT_KEY', `no installed key ends in "${lastFive}"; there are ${known}`)
}

/** `/rearm`, with the SKU or without. */
export function rearmAny(client: Client, { values: [sku] }: Task): Promise<Printed> {
  return rearm(client, sku === undefined ? { level: 'machine' } : { level: 'product', product: sku.toLowerCase() })
}

/** `/setprt`: the host stays. */
export function setPort(client: Client, { values: [text = ''] }: Task): Printed {
  const { host } = client.hostSettings().machine
  if (host === undefined) {
    const message = `no host is set that a port could belong to: write /sethst:NAME:PORT; without one, DNS names both, and ${defaultPort} is the usual one`
    throw new ActivationError('USAGE', message)
  }
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new ActivationError('USAGE', `"${text}" is no port, which is 1 to 65535`)
  const set = client.setHost(formatHostAddress({ ...parseHostAddress(host), port }))
  return { text: `The port has been applied successfully: ${set} is asked.`, json: { host: set } }
}

/** `/cachst:TRUE` and `/cachst:FALSE`. */
export function setCaching(client: Client, { values: [text = ''] }: Task): Printed {
  const wish = text.toUpperCase()
  if (wish !== 'TRUE' && wish !== 'FALSE') throw new ActivationError('USAGE', `"${text}" is neither TRUE nor FALSE`)
  return setHostCaching(client, wish === 'TRUE' ? 'enabled' : 'disabled')
}
