import type { CborValue } from '../cbor/value.ts'
import { Fields } from '../cbor/fields.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { ctiLength, digestLength, nonceLength, uuidLength } from './limits.ts'

/** Which license has branches, and its head that no request need name again. */
interface Branching {
  /** The machine ID, 32 bytes. */
  readonly machine: Uint8Array
  /** Activation ID, 16 bytes. */
  readonly product: Uint8Array
  /** The `cti` of the grant that was the last one until now. */
  readonly superseded: Uint8Array
}

/** What a ledger holds of the branches of a license (rule 18): administrative entries without any name (rule 31). */
export type ForkNote =
  | (Branching & { readonly act: 'fork' })
  /** A superseded head, `shown`, was named again: both branches are alive. */
  | (Branching & { readonly act: 'fork-again'; readonly shown: Uint8Array })
  /** And once more: the machine whose request has this nonce is told. */
  | (Branching & { readonly act: 'twin'; readonly shown: Uint8Array; readonly nonce: Uint8Array })

/** Gives the arguments of the administrative entry that holds a note. */
export function forkArguments(note: ForkNote): ReadonlyMap<string, CborValue> {
  const { machine, product, superseded } = note
  return new Map<string, CborValue>([
    ['machine', machine],
    ['product', product],
    ['superseded', superseded],
    ...(note.act === 'fork' ? [] : [['shown', note.shown] as const]),
    ...(note.act === 'twin' ? [['nonce', note.nonce] as const] : []),
  ])
}

/** Reads what an entry says of the branches of a license; nothing for any other entry, `MALFORMED` for one that is cut. */
export function readForkNote(entry: LedgerEntry): ForkNote | undefined {
  if (entry.kind !== 'administrative') return undefined
  const { act } = entry
  if (act !== 'fork' && act !== 'fork-again' && act !== 'twin') return undefined
  const fields = new Fields(entry.arguments, `ledger entry: ${act}`)
  const branching = {
    machine: fields.bytes('machine', digestLength),
    product: fields.bytes('product', uuidLength),
    superseded: fields.bytes('superseded', ctiLength),
  }
  if (act === 'fork') return { act, ...branching }
  const shown = fields.bytes('shown', ctiLength)
  return act === 'fork-again'
    ? { act, ...branching, shown }
    : { act, ...branching, shown, nonce: fields.bytes('nonce', nonceLength) }
}
