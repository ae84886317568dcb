/** The tables of a host's index. Everything in them is made anew from the ledgers when the file is deleted. */
export interface IndexTables {
  readonly machines: MachineTable
  readonly events: EventTable
  readonly forks: ForkTable
  readonly progress: ProgressTable
}

/** One row for each machine and product. Times are seconds since 1970, IDs hexadecimal digits or UUIDs. */
export interface MachineTable {
  readonly vendor: string
  readonly machine: string
  /** Activation ID; empty where it is not known any more. */
  readonly product: string
  readonly first_seen: number
  readonly last_seen: number
  readonly name: string | null
  readonly address: string | null
  readonly version: string | null
  /** The license state that the machine named, 0 to 6. */
  readonly state: number | null
  readonly lease_end: number | null
}

/** One row for each entry. */
export interface EventTable {
  readonly vendor: string
  readonly number: number
  readonly time: number
  readonly kind: string
  readonly machine: string | null
  readonly product: string | null
}

/** One row for each fork and twin (rule 18): with the names that the two branches had given themselves, where they are known. */
export interface ForkTable {
  readonly vendor: string
  /** Index of the entry. */
  readonly number: number
  readonly time: number
  readonly act: 'fork' | 'fork-again' | 'twin'
  readonly machine: string
  readonly product: string
  /** Of the branch that has shown itself, and of the one that was granted before it. */
  readonly name: string | null
  readonly other_name: string | null
}

/** How far the ledger of a vendor is in the index. */
export interface ProgressTable {
  readonly vendor: string
  readonly log: string
  readonly size: number
}
