import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { TextRecord } from '@volact/dns/text-record'
import type { DnsFailure } from './memory.ts'
import type { ZoneEntry } from './zone-entry.ts'

/** What a command wants of DNS. A zone is named as a configuration has it; without one all zones are meant. */
export type DnsAct =
  | { readonly act: 'status' }
  | { readonly act: 'publish'; readonly zone?: object; readonly port?: number }
  | { readonly act: 'withdraw'; readonly zone?: string; readonly site?: string }
  | { readonly act: 'records'; readonly zone?: object; readonly port?: number }

/** How DNS stands. Plain JSON. */
export interface DnsReport {
  /** Whether anything is published by itself (`dns.enabled`). */
  readonly enabled: boolean
  readonly zones: readonly ZoneReport[]
  /** Why a zone that is configured is not among them. */
  readonly problems: readonly { readonly code: ErrorCode; readonly message: string }[]
  /** What a person should know who has just published. */
  readonly warnings?: readonly string[]
}

/** How a zone stands. */
export interface ZoneReport {
  readonly zone: string
  readonly site?: string
  readonly state: ZoneState
  /** For a person: what the state means here. */
  readonly text: string
  readonly server?: string
  /** The records of this host that are there, or, for `records`, that are to be there. */
  readonly records: readonly TextRecord[]
  readonly lastSuccess?: Instant
  /** When it is published next by itself. */
  readonly next?: Instant
  readonly failure?: DnsFailure
}

/** `left` is a zone that no setting names any more, with records of ours in it. */
export type ZoneState = 'published' | 'failing' | 'waiting' | 'withdrawn' | 'left' | 'off'

/** Where a setting comes from. */
export interface KnownZone {
  readonly entry: ZoneEntry
  readonly from: 'command' | 'configuration'
}
