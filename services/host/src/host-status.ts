import { askControl } from '@volact/files/control-socket'
import { openFolder } from '@volact/files/data-folder'
import type { Instant } from '@volact/core/time'
import { withHostFolder } from './folder/with-host-folder.ts'
import { openVendors } from './open-host.ts'
import { type HostStatus, hostStatusOf, vendorStatusOf } from './status.ts'

/** Tells the status of a host: asks the one that runs on the folder, or else looks into the folder. */
export async function hostStatus(dir: string, { now }: { readonly now: () => Instant }): Promise<HostStatus> {
  const { path } = openFolder(dir, 'host')
  const asked = await askControl(path, { verb: 'status' })
  // What answers there is a host of this folder's owner, and of the version that runs here.
  return asked === undefined ? lookInto(path, now) : (asked.answer as HostStatus)
}

function lookInto(dir: string, now: () => Instant): Promise<HostStatus> {
  return withHostFolder(dir, async (path) => {
    const observer = { note: () => undefined, committed: () => undefined }
    const opened = openVendors(path, { time: { now, elapsed: () => 0 }, observe: () => observer })
    try {
      return hostStatusOf(opened.map(({ vendor, service }) => vendorStatusOf(vendor, service)))
    } finally {
      for (const { service } of opened) await service?.close()
    }
  })
}
