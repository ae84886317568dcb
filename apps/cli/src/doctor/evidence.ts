import type { DiscoveryReport, FoundHost } from '@volact/client/discovery/discovery-report'
import type { HostSettingsReport } from '@volact/client/hosts/host-settings-report'
import type { ClientStatus } from '@volact/client/open-client'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { HostInformationMessage } from '@volact/core/wire/host-information'

/** Everything that was seen, before anything is made of it. */
export interface Evidence {
  readonly now: Instant
  readonly machineName: string
  /** What answers for DNS: the server of `--dns`, else those of the system. */
  readonly dnsServers: readonly string[]
  readonly discovery: DiscoveryReport
  /** The hosts that would be asked, in that order. */
  readonly hosts: readonly ProbedHost[]
  readonly client: ClientEvidence
}

/** A host with what it did when it was asked what it is, which is never counted. */
export interface ProbedHost extends FoundHost {
  /** One for each address. */
  readonly ports: readonly ProbedPort[]
  /** Nothing where no port is open. */
  readonly answer?: HostAnswer
}

/** Whether an address took a connection, and after how long. */
export interface ProbedPort {
  readonly address: string
  readonly milliseconds: number
  /** Why there is no connection. */
  readonly problem?: string
}

/** What is behind a port. */
export type HostAnswer =
  | { readonly kind: 'ours'; readonly information: HostInformationMessage; readonly at: Instant }
  | { readonly kind: 'foreign'; readonly protocol: string; readonly message: string }
  | { readonly kind: 'silent'; readonly message: string }
  | { readonly kind: 'strange'; readonly code: ErrorCode; readonly message: string }

/** What this machine has. */
export type ClientEvidence = OpenedClient | ClosedClient

export interface OpenedClient {
  readonly kind: 'opened'
  readonly dir: string
  readonly status: ClientStatus
  readonly settings: HostSettingsReport
  readonly vendors: readonly VendorEvidence[]
  /** What the chosen product asks of a host; nothing without a key. */
  readonly wanted?: WantedProduct
  readonly freeBytes?: number
}

/** A folder that cannot be used. */
interface ClosedClient {
  readonly kind: 'closed'
  readonly dir: string
  readonly code: ErrorCode
  readonly message: string
}

interface VendorEvidence {
  readonly id: string
  readonly name: string
  readonly protection: 'program' | 'system' | 'folder'
}

export interface WantedProduct {
  readonly vendor: string
  readonly name: string
  /** UUID. */
  readonly application: string
  readonly group: number
  readonly generation: number
  readonly threshold: number
  readonly isLicensed: boolean
}
