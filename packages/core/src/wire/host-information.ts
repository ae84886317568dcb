import { expectArray, expectBytes, expectUint } from '../cbor/expect.ts'
import type { Fields } from '../cbor/fields.ts'
import type { EntitledGroup } from '../document/entitlement.ts'
import { expectLicenseState } from '../document/expect-license-state.ts'
import { present } from '../document/present.ts'
import type { Instant } from '../time.ts'
import { readGroups, writeGroups } from './fields.ts'
import type { MessageField } from './fields.ts'
import { textLimit } from './limits.ts'

/** Asks a host what it is and serves. Whoever asks is never counted. */
export interface HostInformationQuery {
  readonly kind: 'host-information-query'
}

/** The reported count of one application (a UUID of 16 bytes). */
export interface ReportedCount {
  readonly application: Uint8Array
  readonly count: number
}

/** Says what a host is and serves; unsigned, to be shown. `state` is 0 to 6; there is no `logId` before activation. */
export interface HostInformationMessage {
  readonly kind: 'host-information'
  readonly vendor: string
  readonly state: number
  readonly logId?: Uint8Array
  readonly groups: readonly EntitledGroup[]
  readonly counts: readonly ReportedCount[]
  readonly version: string
  readonly time: Instant
  /** Until when a spare that is in use serves without the vendor's confirmation (rule 47). */
  readonly spareUntil?: Instant
}

export function writeHostInformation(message: HostInformationMessage): readonly MessageField[] {
  return [
    [2, message.vendor],
    [3, message.state],
    [4, message.logId],
    [5, writeGroups(message.groups)],
    [6, message.counts.map(({ application, count }) => [application, count])],
    [7, message.version],
    [8, message.time],
    [-7, message.spareUntil],
  ]
}

export function readHostInformation(fields: Fields): HostInformationMessage {
  return present({
    kind: 'host-information' as const,
    vendor: fields.text(2, textLimit),
    state: expectLicenseState(fields.uint(3), 'message: state'),
    logId: fields.optional(4, (key) => fields.bytes(key, 32)),
    groups: readGroups(fields, 5),
    counts: readCounts(fields),
    version: fields.text(7, textLimit),
    time: fields.uint(8),
    spareUntil: fields.optional(-7, (key) => fields.uint(key)),
  })
}

function readCounts(fields: Fields): readonly ReportedCount[] {
  return fields.list(6, (value, what) => {
    const [application = null, count = null] = expectArray(value, what, 2)
    return { application: expectBytes(application, what, 16), count: expectUint(count, what) }
  })
}
