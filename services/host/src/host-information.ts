import { uuidToBytes } from '@volact/core/catalog/uuid'
import { licenseStates } from '@volact/core/licensing/license-state'
import type { Instant } from '@volact/core/time'
import type { HostInformationMessage } from '@volact/core/wire/host-information'
import type { HostStatus } from './status.ts'
import { hostVersion } from './version.ts'

/** Says of a host what anybody may ask: of the first vendor, if there are several; the message has room for one. */
export function hostInformation(
  { state, vendor, served, applications, spare }: HostStatus,
  logId: Uint8Array | undefined,
  time: Instant,
): HostInformationMessage {
  return {
    kind: 'host-information',
    vendor: vendor?.id ?? '',
    state: licenseStates[state].number,
    ...(logId && { logId }),
    groups: served.map(({ group, generation }) => ({ group, generation })),
    counts: applications.map(({ id, reportedCount }) => ({ application: uuidToBytes(id), count: reportedCount })),
    version: hostVersion,
    time,
    ...(spare && { spareUntil: spare.until }),
  }
}
