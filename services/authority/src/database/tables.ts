import type { Generated } from 'kysely'

/** The authority's database. Times are instants (seconds); JSON columns hold what nothing is searched by. */
export interface Tables {
  readonly packs: PackTable
  readonly keys: KeyTable
  readonly hosts: HostTable
  readonly activations: ActivationTable
  readonly renewals: RenewalTable
  readonly witnessed: WitnessedTable
  readonly contradictions: ContradictionTable
  readonly spares: SpareTable
  readonly settings: SettingTable
  readonly audit: AuditTable
}

/** Every catalog that was ever applied, with the pack that was signed for it: one number, the same bytes for ever. */
export interface PackTable {
  readonly number: number
  readonly vendor: string
  readonly issued: number
  readonly catalog: Uint8Array
  readonly pack: Uint8Array
}

/** Product keys. The key itself is nowhere (rule 52). */
export interface KeyTable {
  readonly serial: number
  readonly type: 'host' | 'mak' | 'setup'
  readonly group_number: number
  readonly customer: string
  readonly digest: Uint8Array
  readonly last_five: string
  readonly issued: number
  readonly blocked: number | null
  /** Hosts that a host key may activate, 0 for other types. */
  readonly host_limit: number
  /** Activations of each host, or of a MAK in all. */
  readonly activation_limit: number
  /** JSON of `KeyTerms`. */
  readonly terms: string
}

/** Hosts that a key activated, told apart by their hardware. */
export interface HostTable {
  readonly id: Generated<number>
  readonly key_serial: number
  readonly anchor: Uint8Array
  /** Deterministic CBOR of the ten digests. */
  readonly vector: Uint8Array
  readonly first_activated: number
}

/** Certificates that were issued, one for each ledger (rule 7). */
export interface ActivationTable {
  readonly id: Generated<number>
  readonly host_id: number
  readonly log_id: Uint8Array
  readonly time: number
  readonly certificate: Uint8Array
  readonly not_after: number
  readonly version: string
}

/** Certificates that were issued for ledgers that had one (rule 6). */
export interface RenewalTable {
  readonly id: Generated<number>
  readonly log_id: Uint8Array
  readonly time: number
  readonly public_key: Uint8Array
  readonly certificate: Uint8Array
  readonly not_after: number
  readonly version: string
}

/** The last tree of each ledger that the vendor saw as a witness. */
export interface WitnessedTable {
  readonly log_id: Uint8Array
  readonly size: number
  readonly root: Uint8Array
  readonly time: number
  /** The number of the last recovery that was accepted (rule 27). */
  readonly recovery: number | null
}

/** Checkpoints that contradict what the vendor saw before: the evidence of a fork. */
export interface ContradictionTable {
  readonly id: Generated<number>
  readonly log_id: Uint8Array
  readonly time: number
  readonly code: string
  readonly checkpoint: Uint8Array
}

/** Spares (rule 47): whose, the last tree of it that they have named, and when they took over and were confirmed. */
export interface SpareTable {
  readonly log_id: Uint8Array
  readonly predecessor: Uint8Array
  readonly checkpoint: Uint8Array
  readonly prepared: number
  readonly taken_over: number | null
  readonly confirmed: number | null
}

/** What the service remembers of itself, by name. */
export interface SettingTable {
  readonly name: string
  readonly value: string
}

/** Every act, in order. The database refuses to change or remove a row. */
export interface AuditTable {
  readonly id: Generated<number>
  readonly time: number
  readonly act: string
  readonly arguments: string
}
