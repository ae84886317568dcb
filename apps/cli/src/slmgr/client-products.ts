import type { Printed } from '../output.ts'
import { testRootBanner } from '../test-root.ts'
import type { ProductView } from './client-information.ts'
import type { Client, ClientStatus } from '@volact/client/open-client'
import type { Task } from './task.ts'

/** Tells the states of the products that are named; of all that are installed where none is, or where `All` is. */
export function statusesOf(client: Pick<Client, 'status'>, names: readonly string[]): readonly ClientStatus[] {
  const isAll = names.length === 0 || names.some((name) => name.toLowerCase() === 'all')
  const first = client.status()
  if (!isAll) return names.map((name) => client.status(name.toLowerCase()))
  return first.products.length === 0 ? [first] : first.products.map((product) => client.status(product))
}

/** Shows products, each in the same way. */
export function showProducts(client: Client, { values, world }: Task, write: (view: ProductView) => string): Printed {
  const statuses = statusesOf(client, values)
  const settings = client.hostSettings()
  const [now, notes] = [world.now(), statuses.flatMap((status) => status.notes)]
  return {
    text: statuses.map((status) => write({ status, settings, now })).join('\n\n'),
    json: { role: 'client', products: statuses, hosts: settings },
    notes: [...testRootBanner(statuses.some(({ test }) => test)), ...new Set([...notes, ...settings.notes])],
  }
}
