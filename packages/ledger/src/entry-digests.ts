import type { LedgerEntry } from '@volact/core/document/ledger-entry'

/** What the request and details beside an entry are compared with. */
export interface EntryDigests {
  readonly machine: Uint8Array
  /** SHA-256 of the request; a sighting has none. */
  readonly req?: Uint8Array
  /** SHA-256 of salt and details; where it is missing, the request has it. */
  readonly detailsDigest?: Uint8Array
}

/** Gives the digests in an entry; nothing for a kind that has no request. */
export function entryDigests(entry: LedgerEntry): EntryDigests | undefined {
  switch (entry.kind) {
    case 'grant':
      return { machine: entry.grant.machine, req: entry.grant.req, detailsDigest: entry.grant.detailsDigest }
    case 'sighting':
      return { machine: entry.machine }
    case 'release':
      return { machine: entry.machine, req: entry.req }
    case 'host-activation':
    case 'certificate':
    case 'disputed':
    case 'administrative':
    case 'recovery':
    case 'forgotten':
    case 'note-key':
      return undefined
  }
}
