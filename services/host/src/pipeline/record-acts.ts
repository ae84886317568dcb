import type { CborValue } from '@volact/core/cbor/value'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { RefusalMessage } from '@volact/core/wire/refusal'
import type { LogState } from '../state/log-state.ts'
import type { BatchItem } from './batch-work.ts'
import type { EntryBatch, PlacedEntry } from './entry-batch.ts'
import type { HostLog } from './host-log.ts'

/** An administrative act as an entry says it. */
export interface ActToRecord {
  readonly act: string
  readonly arguments: ReadonlyMap<string, CborValue>
}

/** An act that stands in the ledger, with the proof. */
export interface RecordedAct {
  readonly index: number
  readonly bytes: Uint8Array
  readonly receipt: Uint8Array
}

/** What acts are recorded with. */
export interface RecordTools {
  readonly log: HostLog
  readonly state: LogState
  readonly obstacle: () => RefusalMessage | undefined
}

/** Administrative acts on their way through a batch: all of them, or none. */
export class RecordActs implements BatchItem {
  readonly #acts: readonly ActToRecord[]
  readonly #tools: RecordTools
  readonly #promise: Pick<PromiseWithResolvers<readonly RecordedAct[]>, 'resolve' | 'reject'>
  #entries: readonly PlacedEntry[] = []
  #obstacle: RefusalMessage | undefined

  constructor(
    acts: readonly ActToRecord[],
    tools: RecordTools,
    promise: Pick<PromiseWithResolvers<readonly RecordedAct[]>, 'resolve' | 'reject'>,
  ) {
    this.#acts = acts
    this.#tools = tools
    this.#promise = promise
  }

  draft(batch: EntryBatch): void {
    this.#obstacle = this.#tools.obstacle()
    if (this.#obstacle !== undefined) return
    const { time } = batch
    this.#entries = this.#acts.map((said) => {
      const added = batch.add((place) => ({ kind: 'administrative', ...said, time, ...place }))
      this.#tools.state.apply(added.entry)
      return added
    })
  }

  settle(failure: ActivationError | undefined): void {
    const { resolve, reject } = this.#promise
    if (failure !== undefined) reject(failure)
    else if (this.#obstacle !== undefined) reject(new ActivationError(this.#obstacle.code, this.#obstacle.text))
    else resolve(this.#entries.map((entry) => this.#recorded(entry)))
  }

  #recorded({ index, bytes }: PlacedEntry): RecordedAct {
    return { index, bytes, receipt: this.#tools.log.receipt(index, undefined) }
  }
}
