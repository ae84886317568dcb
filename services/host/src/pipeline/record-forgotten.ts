import type { ActivationError } from '@volact/core/errors/activation-error'
import type { BatchItem } from './batch-work.ts'
import type { EntryBatch } from './entry-batch.ts'

/** How many entries one entry names as forgotten: an entry has 64 KiB at most, and a machine may have asked any number of times. */
const forgottenTogether = 4_096

/** Names entries as forgotten, before they are erased (rule 31), on the way through a batch. */
export class RecordForgotten implements BatchItem {
  readonly #indexes: readonly number[]
  readonly #promise: Pick<PromiseWithResolvers<undefined>, 'resolve' | 'reject'>

  constructor(indexes: readonly number[], promise: Pick<PromiseWithResolvers<undefined>, 'resolve' | 'reject'>) {
    this.#indexes = indexes
    this.#promise = promise
  }

  draft(batch: EntryBatch): void {
    for (let from = 0; from < this.#indexes.length; from += forgottenTogether) {
      const indexes = this.#indexes.slice(from, from + forgottenTogether)
      batch.add(({ index }) => ({ kind: 'forgotten', index, time: batch.time, indexes }))
    }
  }

  settle(failure: ActivationError | undefined): void {
    if (failure === undefined) this.#promise.resolve(undefined)
    else this.#promise.reject(failure)
  }
}
