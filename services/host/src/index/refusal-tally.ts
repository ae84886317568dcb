import { toHex } from '@volact/core/bytes'
import { uuidFromBytes } from '@volact/core/catalog/uuid'
import { encodeFlags } from '@volact/core/document/flags'
import type { Instant } from '@volact/core/time'
import type { RefusedRequest } from './observer.ts'

/** Refusals that are alike, with their number: what goes to the index. Plain data, for another thread. */
export interface TalliedRefusal {
  readonly vendor: string
  /** Hexadecimal digits; empty where it is not known, or where there are too many to tell apart. */
  readonly machine: string
  /** Activation ID; empty likewise. */
  readonly product: string
  readonly code: string
  readonly state?: number
  readonly first: Instant
  last: Instant
  times: number
  latest: LatestRefusal
}

/** What the latest of them said. */
export interface LatestRefusal {
  readonly address: string
  /** What lies beside the request, as sent. */
  readonly details?: Uint8Array
  readonly flags?: number
  readonly time?: Instant
  readonly minutesLeft?: number
  readonly count?: number
  readonly threshold?: number
}

/** How many kinds of refusals are told apart between two messages to the index; beyond, only the code is. */
const mostKinds = 10_000

/** Gathers refusals, so that a flood of them is a few rows and never grows without end. */
export class RefusalTally {
  #kinds = new Map<string, TalliedRefusal>()

  get isEmpty(): boolean {
    return this.#kinds.size === 0
  }

  /** Takes a refusal in. */
  add(vendor: string, refused: RefusedRequest, now: Instant): void {
    const { code, state } = refused
    const machine = refused.machine === undefined ? '' : toHex(refused.machine)
    const product = refused.product === undefined ? '' : uuidFromBytes(refused.product)
    const kind = `${vendor}/${code}/${state ?? ''}/`
    const exact = `${kind}${machine}/${product}`
    if (this.#kinds.has(exact) || this.#kinds.size < mostKinds) {
      this.#count(exact, { vendor, machine, product, code, ...(state !== undefined && { state }) }, refused, now)
    } else
      this.#count(kind, { vendor, machine: '', product: '', code, ...(state !== undefined && { state }) }, refused, now)
  }

  /** Gives what was gathered, and begins anew. */
  take(): readonly TalliedRefusal[] {
    const taken = [...this.#kinds.values()]
    this.#kinds = new Map()
    return taken
  }

  #count(
    key: string,
    kind: Pick<TalliedRefusal, 'vendor' | 'machine' | 'product' | 'code' | 'state'>,
    refused: RefusedRequest,
    now: Instant,
  ): void {
    const latest = latestOf(refused)
    const known = this.#kinds.get(key)
    if (known === undefined) {
      this.#kinds.set(key, { ...kind, first: now, last: now, times: 1, latest })
      return
    }
    known.last = now
    known.times += 1
    known.latest = latest
  }
}

function latestOf({ address, details, flags, time, minutesLeft, count, threshold }: RefusedRequest): LatestRefusal {
  return {
    address,
    ...(details !== undefined && { details: new Uint8Array(details) }), // A view would keep what it is a view of.
    ...(flags !== undefined && { flags: encodeFlags(flags) }),
    ...(time !== undefined && { time }),
    ...(minutesLeft !== undefined && { minutesLeft }),
    ...(count !== undefined && { count }),
    ...(threshold !== undefined && { threshold }),
  }
}
