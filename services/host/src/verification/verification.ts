import type { SignedData } from '@volact/core/cose/sign1'
import { Gathering } from '../gathering.ts'
import {
  gatheringLimits,
  idleAfter,
  owedParcelLimit,
  owedPerStranger,
  parcelLimit,
  politeParcelLimit,
  renewalsPause,
  type VerificationLimits,
  verificationLimits,
} from './limits.ts'
import type { Verifier } from './verifier.ts'

/** A signature to verify, and who waits to hear of it. */
export interface Check {
  readonly signed: SignedData
  done(holds: boolean): void
}

/** Whose signature waits: a request of a machine that is known by its last grant, or of any other (rule 20). */
export type Lane = 'known' | 'stranger'

/** Where signatures come from that are owed, one by one; `undefined` when none is. */
export interface OwedSource {
  next(): Check | undefined
}

/** Numbers for status and metrics. */
export interface VerificationFigures {
  readonly known: number
  readonly strangers: number
  readonly verified: number
  /** Seconds that one signature takes, as measured last; 0 before the first. */
  readonly secondsEach: number
}

/**
 * Decides which signature is verified next (rules 15, 40): those of known machines that wait for an answer; then what the fast way owes,
 * and strangers, by turns. What is owed waits until the event loop is idle, unless there is a core to spare. One for all vendors.
 */
export class Verification {
  readonly #verifier: Verifier
  readonly #limits: VerificationLimits
  readonly #lanes: Readonly<Record<Lane, Check[]>> = { known: [], stranger: [] }
  readonly #heads: Record<Lane, number> = { known: 0, stranger: 0 }
  readonly #owed = new Set<OwedSource>()
  readonly #gathering = new Gathering(gatheringLimits)
  #owedInARow = 0
  #added = 0
  #heard = 0
  #lastBusy = 0
  #lastRenewal = -Infinity
  #isScheduled = false
  #timer: NodeJS.Timeout | undefined
  #verified = 0
  #isStarted = false
  #secondsEach = 0
  /** Batches that are under way: what they wait for is the disk, and who took the core meanwhile would keep them waiting. */
  #batches = 0

  constructor(verifier: Verifier, limits: VerificationLimits = verificationLimits) {
    this.#verifier = verifier
    this.#limits = limits
  }

  get limits(): VerificationLimits {
    return this.#limits
  }

  /** Begins: until then, signatures wait, as those do that a command finds owed in a folder that it only looks into. */
  start(): void {
    this.#isStarted = true
    this.#verifier.warm()
    this.#schedule()
  }

  /** Takes in what is owed from a source, whenever there is time. */
  addSource(source: OwedSource): void {
    this.#owed.add(source)
  }

  /** Asks a source no more. */
  removeSource(source: OwedSource): void {
    this.#owed.delete(source)
  }

  /** Lets a signature wait for its turn; false when too many do. */
  add(lane: Lane, check: Check): boolean {
    if (this.#waiting(lane) >= (lane === 'known' ? this.#limits.known : this.#limits.strangers)) return false
    if (this.#awaited === 0) this.#gathering.begin()
    this.#lanes[lane].push(check)
    this.#added += 1
    this.#schedule()
    return true
  }

  /** Says that a request has come, or a connection that will bring one, so that what is owed waits. */
  hear(): void {
    this.#heard += 1
    this.#lastBusy = performance.now()
  }

  /** Says that what was heard last is a known machine whose signature nobody waits for: strangers are not to hold it up (rule 20). */
  hearRenewal(): void {
    this.#lastRenewal = this.#lastBusy
  }

  /** How many requests and connections have come. */
  get heard(): number {
    return this.#heard
  }

  /** Says that a batch is under way, until `batchDone`. */
  batchBegun(): void {
    this.#batches += 1
  }

  batchDone(): void {
    this.#batches -= 1
    this.#lastBusy = performance.now()
  }

  /** Says that something is owed. */
  owes(): void {
    if (!this.#isStarted) return
    if (this.#verifier.hasOwnCore) this.#schedule()
    else this.#timer ??= setTimeout(this.#whenIdle, idleAfter)
  }

  /** Whether requests wait for signatures that the event loop has to verify itself. */
  get isKeepingLoop(): boolean {
    return !this.#verifier.hasOwnCore && (this.#verifier.busy > 0 || this.#awaited > 0)
  }

  figures(): VerificationFigures {
    const [known, strangers] = [this.#waiting('known'), this.#waiting('stranger')]
    return { known, strangers, verified: this.#verified, secondsEach: this.#secondsEach / this.#verifier.size }
  }

  /** Begins nothing any more; what is under way is not told of. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#verifier.close()
  }

  /** What has come while the loop was held up is heard before it is asked whether it is idle. */
  readonly #whenIdle = (): void => {
    this.#timer = undefined
    this.#schedule()
  }

  /** How many requests wait for their signature to be taken up. */
  get #awaited(): number {
    return this.#waiting('known') + this.#waiting('stranger')
  }

  #waiting(lane: Lane): number {
    return this.#lanes[lane].length - this.#heads[lane]
  }

  /** What comes in one turn goes in one parcel. */
  #schedule(): void {
    if (this.#isScheduled || !this.#isStarted) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (this.#isGathering) this.#schedule()
      else this.#pump()
    })
  }

  /**
   * Where the event loop verifies, it hears next to nothing meanwhile: Node takes in one connection in a turn. So those that come together
   * are let in first.
   */
  get #isGathering(): boolean {
    if (this.#verifier.hasOwnCore || this.#verifier.busy > 0) return false
    return this.#gathering.isWorthwhile(this.#awaited, this.#added)
  }

  #pump(): void {
    while (this.#verifier.busy < this.#parcelsAtOnce) {
      const parcel = this.#parcel()
      if (parcel.length === 0) return
      this.#send(parcel)
    }
  }

  /** A thread with a core of its own finds the next parcel at hand; on a shared one parcels are larger when they wait for each other. */
  get #parcelsAtOnce(): number {
    return this.#verifier.hasOwnCore ? 2 * this.#verifier.size : 1
  }

  #send(parcel: readonly Check[]): void {
    const begun = performance.now()
    this.#verifier.verify(
      parcel.map(({ signed }) => signed),
      (verdicts) => {
        this.#verified += parcel.length
        const each = (performance.now() - begun) / 1_000 / parcel.length
        this.#secondsEach = this.#secondsEach === 0 ? each : 0.9 * this.#secondsEach + 0.1 * each
        for (const [position, check] of parcel.entries()) check.done(verdicts[position] === 1)
        this.#pump()
      },
    )
  }

  #parcel(): Check[] {
    const parcel: Check[] = []
    const most = this.#parcelLimit
    for (let check = this.#next(); check !== undefined; check = this.#next()) {
      parcel.push(check)
      if (parcel.length >= most) break
    }
    return parcel
  }

  get #parcelLimit(): number {
    const { hasOwnCore, size } = this.#verifier
    if (!hasOwnCore) return this.#sharedLimit
    // Several threads share what there is.
    return Math.min(parcelLimit, Math.ceil(this.#waiting('known') / size) || parcelLimit)
  }

  get #sharedLimit(): number {
    if (this.#waiting('known') > 0) return parcelLimit
    if (this.#waiting('stranger') === 0) return owedParcelLimit
    return this.#lastBusy - this.#lastRenewal < renewalsPause ? politeParcelLimit : parcelLimit
  }

  #next(): Check | undefined {
    const known = this.#take('known')
    if (known !== undefined) return known
    const hasStranger = this.#waiting('stranger') > 0
    if (hasStranger && this.#owedInARow >= owedPerStranger) return this.#stranger()
    const owed = this.#takeOwed()
    if (owed === undefined) return this.#stranger()
    this.#owedInARow += 1
    return owed
  }

  #stranger(): Check | undefined {
    this.#owedInARow = 0
    return this.#take('stranger')
  }

  #take(lane: Lane): Check | undefined {
    const line = this.#lanes[lane]
    const check = line[this.#heads[lane]]
    if (check === undefined) return undefined
    this.#heads[lane] += 1
    if (this.#heads[lane] === line.length) {
      line.length = 0
      this.#heads[lane] = 0
    } else if (this.#heads[lane] >= 1_024) {
      line.splice(0, this.#heads[lane])
      this.#heads[lane] = 0
    }
    return check
  }

  /** Whether what is owed takes time from nobody. */
  get #isIdle(): boolean {
    if (this.#verifier.hasOwnCore) return true
    return this.#batches === 0 && performance.now() - this.#lastBusy >= idleAfter
  }

  #takeOwed(): Check | undefined {
    if (!this.#isIdle) {
      this.owes()
      return undefined
    }
    for (const source of this.#owed) {
      const check = source.next()
      if (check !== undefined) return check
    }
    return undefined
  }
}
