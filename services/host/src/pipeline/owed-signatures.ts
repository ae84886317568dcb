import type { SignedData } from '@volact/core/cose/sign1'
import { ctiLength } from '@volact/core/document/limits'
import type { ActivationError } from '@volact/core/errors/activation-error'
import type { LogState } from '../state/log-state.ts'
import type { Check, OwedSource, Verification } from '../verification/verification.ts'
import type { BatchItem } from './batch-work.ts'
import type { EntryBatch } from './entry-batch.ts'
import { bytesOf, Pages, type Piece } from './pages.ts'

/** A grant of the fast way, whose request is verified afterwards (rule 15). */
export interface OwedSignature {
  /** Of its entry. */
  readonly index: number
  readonly cti: Uint8Array
  /** Of which a copy waits until its turn comes. */
  readonly bytes: Uint8Array
  /** Reads the request in those bytes. One function for many, so that what waits holds nothing but its bytes. */
  readonly read: (bytes: Uint8Array) => OwedRequest
}

/** The request of a grant, its signature not verified yet. */
export interface OwedRequest {
  readonly signed: SignedData
  readonly machine: Uint8Array
  readonly product: Uint8Array
  /** Its digest. */
  readonly req: Uint8Array
}

/** What the backlog is worked off with. */
export interface OwedTools {
  readonly state: LogState
  readonly verification: Verification
  readonly add: (item: BatchItem) => void
  readonly note: (text: string) => void
}

/** Who waits for a signature that is owed. */
export interface WaitingForOwed {
  settled(): void
  /** The signature is bad, and the dispute cannot be recorded: it stays owed. */
  failed(failure: ActivationError): void
}

interface Owed {
  readonly index: number
  /** The `cti`, and the bytes of the request behind it. */
  readonly kept: Piece
  readonly read: OwedSignature['read']
  isUnderWay: boolean
  waiting: readonly WaitingForOwed[]
}

const nobody: readonly WaitingForOwed[] = []

/**
 * The signatures that the fast way owes, oldest first: bounded, worked off when there is time, and one at once when its license asks
 * again (rules 15, 18, 40). A bad one is disputed in the ledger, which takes its sighting back.
 */
export class OwedSignatures implements OwedSource {
  readonly #tools: OwedTools
  /** By the index of the entry, in the order of the ledger. */
  readonly #owed = new Map<number, Owed>()
  readonly #pages = new Pages()
  #disputed = 0
  #isClosed = false

  constructor(tools: OwedTools) {
    this.#tools = tools
    tools.verification.addSource(this)
  }

  /** How many signatures are owed. */
  get count(): number {
    return this.#owed.size
  }

  get disputed(): number {
    return this.#disputed
  }

  /** Whether no more may be owed. */
  get isFull(): boolean {
    const { owed, owedBytes } = this.#tools.verification.limits
    return this.#owed.size >= owed || this.#pages.held >= owedBytes
  }

  /** Every request of an entry before this one has been verified, of a ledger of this size. */
  verifiedUpTo(size: number): number {
    for (const index of this.#owed.keys()) return index
    return size
  }

  /** Whether the signature of an entry's request is owed. */
  isOwed(index: number): boolean {
    return this.#owed.has(index)
  }

  add({ index, cti, bytes, read }: OwedSignature): void {
    const kept = this.#pages.keep(cti, bytes)
    this.#owed.set(index, { index, kept, read, isUnderWay: false, waiting: nobody })
    this.#tools.verification.owes()
  }

  /** Tells who waits once the signature of an entry's request is verified, before all others that are owed. */
  settle(index: number, waiting: WaitingForOwed): void {
    const owed = this.#owed.get(index)
    if (owed === undefined) {
      waiting.settled()
      return
    }
    owed.waiting = [...owed.waiting, waiting]
    if (owed.isUnderWay) return
    const check = this.#check(owed)
    if (!this.#tools.verification.add('known', check)) owed.isUnderWay = false
  }

  /** Hears of nothing any more. */
  close(): void {
    this.#isClosed = true
    this.#tools.verification.removeSource(this)
  }

  next(): Check | undefined {
    for (const owed of this.#owed.values()) if (!owed.isUnderWay) return this.#check(owed)
    return undefined
  }

  #check(owed: Owed): Check {
    owed.isUnderWay = true
    const request = owed.read(bytesOf(owed.kept).subarray(ctiLength))
    return {
      signed: request.signed,
      done: (holds) => {
        if (this.#isClosed) return
        if (holds) this.#verified(owed, request)
        else this.#dispute(owed, request)
      },
    }
  }

  #verified(owed: Owed, { machine, product }: OwedRequest): void {
    const { state } = this.#tools
    const ref = state.ref(machine, 0, product, 0)
    if (ref !== -1 && state.lastIndex(ref) === owed.index) state.markVerified(ref)
    this.#settled(owed)
  }

  #settled(owed: Owed): void {
    this.#owed.delete(owed.index)
    this.#pages.drop(owed.kept)
    for (const waiting of owed.waiting) waiting.settled()
  }

  #dispute(owed: Owed, { machine, product, req }: OwedRequest): void {
    const { state, note } = this.#tools
    const grant = bytesOf(owed.kept).slice(0, ctiLength)
    this.#tools.add({
      draft: (batch: EntryBatch) => {
        batch.add(({ index }) => ({ kind: 'disputed', index, time: batch.time, grant, req }))
        const ref = state.ref(machine, 0, product, 0)
        if (ref === -1 || state.lastIndex(ref) !== owed.index) return
        state.takeBack(ref)
        const before = state.ref(machine, 0, product, 0)
        if (before !== -1) state.clearStable(before)
      },
      settle: (failure) => {
        if (failure !== undefined && failure.code !== 'SIGNER_FAILED') {
          // It stays owed, and is disputed when the disk takes entries again.
          owed.isUnderWay = false
          const { waiting } = owed
          owed.waiting = nobody
          for (const each of waiting) each.failed(failure)
          return
        }
        this.#disputed += 1
        note(`the grant of entry ${owed.index} was asked for with a forged signature: it is disputed, and harms nobody`)
        this.#settled(owed)
      },
    })
  }
}
