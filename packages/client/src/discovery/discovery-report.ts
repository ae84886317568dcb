import type { ErrorCode } from '@volact/core/errors/table'
import type { ActivationType } from '../hosts/activation-type.ts'
import type { SetBy } from '../hosts/where-to-look.ts'

/** How a host came to be asked: somebody named it, it was the last good one, or DNS. */
export type HostFrom = SetBy | 'option' | 'last-good' | 'dns'

/** Why a zone is searched. */
export type ZoneFrom = SetBy | 'option' | 'primary' | 'dhcp' | 'search-list'

/** Every step of the way to a host with what was seen, without asking a host anything. */
export interface DiscoveryReport {
  /** Slug; nothing where no product is installed, so that hosts of all vendors are looked for. */
  readonly product?: string
  readonly activationType: ActivationType
  /** In the order in which they are gone through. */
  readonly steps: readonly DiscoveryStep[]
  readonly zones: readonly SearchedZone[]
  readonly queries: readonly SrvQuery[]
  /** In the order in which they would be asked, sixteen at most (rule 51); with a host that somebody named, only that one. */
  readonly hosts: readonly FoundHost[]
  /** Why there is no host to ask. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string }
}

/** One step of the order of discovery. */
export interface DiscoveryStep {
  readonly step: 'directory' | 'option' | SetBy | 'last-good' | 'dns'
  /** Whether what it gave is used. */
  readonly taken: boolean
  readonly text: string
}

export interface SearchedZone {
  readonly name: string
  readonly from: ZoneFrom
  /** Why it is left out. */
  readonly ignored?: string
}

/** One question for SRV records, and what came back. */
export interface SrvQuery {
  readonly name: string
  readonly zone: string
  readonly code?: ErrorCode
  readonly message?: string
  /** In the order in which they would be asked, then the ignored ones. */
  readonly records: readonly SeenRecord[]
}

export interface SeenRecord {
  readonly target: string
  readonly port: number
  readonly priority: number
  readonly weight: number
  /** Why it is not followed. */
  readonly ignored?: string
}

export interface FoundHost {
  /** `NAME:PORT`. */
  readonly host: string
  readonly from: HostFrom
  readonly zone?: string
  readonly addresses: readonly string[]
  /** Why there are no addresses. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string }
}
