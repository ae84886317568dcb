import type { Printed } from '../output.ts'
import type { Client } from '@volact/client/open-client'
import type { RearmOptions } from '@volact/client/rearm'
import type { Task } from './task.ts'

/** Installs a setup key. */
export function installKey(client: Client, { values: [key = ''] }: Task): Printed {
  const done = client.installKey(key)
  const { product } = client.status(done.activationId)
  return {
    text: `Installed product key ending in ${product?.lastFive ?? '?'} successfully.\nIt is the key of ${done.name}.`,
    json: done,
  }
}

/** Removes the key of a product. */
export function removeKey(client: Client, product: string | undefined): Printed {
  const removed = client.removeKey(product?.toLowerCase())
  return { text: `Uninstalled product key successfully.\nIt was the key of ${removed.name}.`, json: removed }
}

/** Begins graces again: of the machine, or of what an ID names. */
export async function rearm(client: Client, options: RearmOptions): Promise<Printed> {
  const done = await client.rearm(options)
  const left = done.left === undefined ? '' : `; it can be done ${done.left} more times`
  return { text: `Command completed successfully.\nNothing needs to be restarted${left}.`, json: done }
}
