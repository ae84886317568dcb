import { parseEntry } from '@volact/core/document/ledger-entry'
import type { Grant } from '@volact/core/document/grant'
import { readRequest } from '@volact/core/document/request'
import { attemptOrNothing } from '@volact/core/errors/attempt'
import type { DetailsRecord } from '@volact/ledger/details-record'
import type { LogState } from '../state/log-state.ts'
import type { HostLog } from './host-log.ts'
import type { OwedRequest, OwedSignatures } from './owed-signatures.ts'

/** What a start knows. */
export interface MarkTools {
  readonly log: HostLog
  readonly state: LogState
  readonly owed: OwedSignatures
}

/**
 * Has what lies behind the mark verified again (rule 15): whether it was by the time the host ended, nobody knows. A last grant whose request
 * was lost in a power cut can never be verified: its license goes the slow way next time.
 */
export function oweBehindMark(mark: number, { log, state, owed }: MarkTools): void {
  const requests = log.ledger.detailsFrom(mark)
  state.begin(() => undefined)
  const next = (): DetailsRecord | undefined => {
    const found = requests.next()
    return found.done === true ? undefined : found.value
  }
  let beside = next()
  let index = mark
  for (const bytes of log.ledger.entries(mark)) {
    // Both are in the order of the ledger; not every entry has something beside it.
    while (beside !== undefined && beside.index < index) beside = next()
    const entry = bytes && parseEntry(bytes)
    if (entry?.kind === 'grant') {
      owe(entry.grant, beside?.index === index ? beside.request : undefined, { log, state, owed })
    }
    index += 1
  }
  state.commit()
}

function owe(grant: Grant, request: Uint8Array | undefined, { state, owed }: MarkTools): void {
  const { machine, product, index, cti } = grant
  const ref = state.ref(machine, 0, product, 0)
  if (ref === -1 || state.lastIndex(ref) !== index) return
  state.clearStable(ref)
  if (request === undefined || !isRequest(request) || owed.isFull) return
  owed.add({ index, cti, bytes: request, read: readOwed })
}

function isRequest(request: Uint8Array): boolean {
  return attemptOrNothing(() => readRequest(request)) !== undefined
}

function readOwed(bytes: Uint8Array): OwedRequest {
  const { signed, opened } = readRequest(bytes)
  return { signed, machine: opened.machine, product: opened.request.product, req: opened.digest }
}
