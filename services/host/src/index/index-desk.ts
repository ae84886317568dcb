import { fromHex } from '@volact/core/bytes'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import type { Retention } from '@volact/ledger/retain'
import { entriesOf } from './entries-of.ts'
import { eraseMachine } from './erase-machine.ts'
import { IndexKeeper } from './index-keeper.ts'
import type { IndexQuestion } from './index-messages.ts'
import { type IndexStatus, indexStatusOf } from './index-status.ts'
import type { IndexedVendor } from './index-vendor.ts'
import { readLatestForks } from './read-forks.ts'

/** Who is asked about the index: its thread in a running host, or this process where none runs. */
export interface IndexDesk {
  /** Waits until everything is written that happened before, or cannot be; some seconds at most. */
  sync(): Promise<IndexStatus>
  ask(question: IndexQuestion): Promise<unknown>
}

export interface RestingIndexOptions {
  readonly path: string
  readonly vendors: readonly IndexedVendor[]
  readonly now: () => Instant
  readonly retention?: Retention
}

/** How long a command waits for another one that writes to the index, in milliseconds. */
const patience = 2_000

/** The index of a host that does not run, whose folder's lock is held: brought up to the ledgers when it is asked. */
export function restingIndex(options: RestingIndexOptions): IndexDesk {
  return { sync: () => catchUp(options), ask: (question) => answerIndex(question, options) }
}

/** What keeps it from being written is told, not thrown. */
async function catchUp({ now, ...options }: RestingIndexOptions): Promise<IndexStatus> {
  const keeper = new IndexKeeper({ ...options, patience, note: () => undefined })
  try {
    while (await keeper.step(now()));
    return indexStatusOf(keeper.behind(), undefined)
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return indexStatusOf(keeper.behind(), error.message)
  } finally {
    keeper.close()
  }
}

/** Answers what needs no open index. */
export async function answerIndex(
  question: IndexQuestion,
  { path, vendors }: Pick<RestingIndexOptions, 'path' | 'vendors'>,
): Promise<unknown> {
  switch (question.verb) {
    case 'sync':
    case 'close':
      return null
    case 'forks':
      return readLatestForks(path, question.vendors)
    case 'entries-of':
      return entriesOf(ledgerOf(question.vendor, vendors), fromHex(question.machine))
    case 'erase':
      return eraseMachine(path, { ...question, machine: fromHex(question.machine) })
  }
}

function ledgerOf(vendor: string, vendors: readonly IndexedVendor[]): { readonly dir: string; readonly size: number } {
  const found = vendors.find(({ id }) => id === vendor)
  if (found === undefined) throw new ActivationError('USAGE', `"${vendor}" has no ledger here`)
  return { dir: found.ledger, size: found.size }
}
