import type { OpenedVendor } from '../open-host.ts'

/** What DNS has to do with a vendor that the host is activated with. */
export interface DnsVendor {
  readonly id: string
  /** Entries of its ledger. */
  readonly size: number
  /** Whether it has stopped granting because its ledger contradicts what it has signed (rule 26). */
  readonly isHalted: boolean
  /** The newest signed checkpoint. */
  checkpoint(): Uint8Array | undefined
  /** Looks at a checkpoint that was found (rule 26). */
  show(checkpoint: Uint8Array): void
}

/** Lists the vendors that the host is activated with. */
export function dnsVendors(vendors: readonly OpenedVendor[]): readonly DnsVendor[] {
  return vendors.flatMap(({ vendor, service }) =>
    service === undefined
      ? []
      : {
          id: vendor.id,
          size: service.log.ledger.size,
          isHalted: service.halt !== undefined,
          checkpoint: () => service.log.ledger.head(),
          show: (checkpoint) => void service.show(checkpoint),
        },
  )
}
