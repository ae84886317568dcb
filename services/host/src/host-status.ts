import type { Instant } from '@volact/core/time'
import { askHost } from './ask-host.ts'
import type { HostStatus } from './status.ts'

/** Tells the status of a host: asks the one that runs on the folder, or else looks into the folder. */
export function hostStatus(dir: string, options: { readonly now: () => Instant }): Promise<HostStatus> {
  return askHost(dir, { verb: 'status' }, options)
}
