import type { Printed } from '../output.ts'
import { activateProducts } from './client-activation.ts'
import { expiryInformation, fullInformation, shortInformation } from './client-information.ts'
import { installKey, rearm, removeKey } from './client-keys.ts'
import { showProducts } from './client-products.ts'
import { clearDomain, clearHost, setActivationType, setDomain, setHost, setHostCaching } from './client-hosts.ts'
import type { Client } from '@volact/client/open-client'
import { rearmAny, removeKeyEnding, setCaching, setPort, showMachineId, showStatus } from './ospp-verbs.ts'
import type { Task } from './task.ts'

/** What an option does with a client. */
export type ClientVerb = (client: Client, task: Task) => Printed | Promise<Printed>

/** What the options do with a client. */
export const clientVerbs: Readonly<Record<string, ClientVerb>> = {
  ipk: installKey,
  ato: activateProducts,
  dli: (client, task) => showProducts(client, task, shortInformation),
  dlv: (client, task) => showProducts(client, task, fullInformation),
  xpr: (client, task) => showProducts(client, task, expiryInformation),
  rearm: (client) => rearm(client, { level: 'machine' }),
  'rearm-app': (client, { values: [application = ''] }) =>
    rearm(client, { level: 'application', application: application.toLowerCase() }),
  'rearm-sku': (client, { values: [product = ''] }) =>
    rearm(client, { level: 'product', product: product.toLowerCase() }),
  upk: (client, { values: [product] }) => removeKey(client, product),
  skms: setHost,
  ckms: clearHost,
  'skms-domain': setDomain,
  'ckms-domain': clearDomain,
  skhc: (client) => setHostCaching(client, 'enabled'),
  ckhc: (client) => setHostCaching(client, 'disabled'),
  'act-type': setActivationType,
  dstatus: showStatus,
  dcmid: showMachineId,
  unpkey: removeKeyEnding,
  'rearm-any': rearmAny,
  setprt: setPort,
  cachst: setCaching,
}
