import { ActivationError } from '@volact/core/errors/activation-error'
import type { ErrorCode } from '@volact/core/errors/table'
import type { Instant } from '@volact/core/time'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { DriverClock } from './driver-clock.ts'
import { folderStamp } from './folder-stamp.ts'
import { isTurn } from './is-turn.ts'
import { afterAttempt, afterNetworkChange, isOvertaken, type OwnMemory } from './own-memory.ts'
import { believedNow, currentProducts, planProduct, type PlannedProduct } from './planned-product.ts'
import type { Driven, NextStep, RunningClient } from './running-client.ts'
import { type DriverOptions, usualSurroundings } from './surroundings.ts'
import { type Occasion, Vigil } from './vigil.ts'
import { callSafely, warnOf } from './watchers.ts'

/** Does what the schedule of `core` says, when it says so, until it is stopped. What other programs must know stands in the folder. */
export class Driver implements RunningClient {
  readonly #installation: Installation
  readonly #driven: Driven
  readonly #remind: DriverOptions['remind']
  readonly #stopping = new AbortController()
  readonly #clock: DriverClock
  readonly #vigil: Vigil
  readonly #own = new Map<string, OwnMemory>()
  readonly #problems = new Map<string, string>()
  readonly #ended: Promise<void>
  #forced: PromiseWithResolvers<void> | undefined
  #awake: Instant
  #next: NextStep | undefined
  /** Seconds until it comes. */
  #left = Infinity
  #isWatching = false

  constructor(installation: Installation, driven: Driven, options: DriverOptions) {
    this.#installation = installation
    this.#driven = driven
    this.#remind = options.remind
    this.#clock = new DriverClock(() => believedNow(installation))
    this.#awake = this.#clock.now()
    this.#vigil = new Vigil({ ...usualSurroundings, ...options, now: installation.now }, (seconds) => {
      this.#clock.pass(seconds)
    })
    this.#ended = this.#run()
  }

  get next(): NextStep | undefined {
    return this.#next
  }

  get isRunning(): boolean {
    return !this.#stopping.signal.aborted
  }

  /** What keeps attempts from succeeding or from being written down, in sentences for an administrator. */
  get problems(): readonly string[] {
    return [...this.#problems.values()]
  }

  tryNow(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve()
    this.#forced ??= Promise.withResolvers()
    this.#vigil.ring()
    return this.#forced.promise
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#vigil.close()
    await this.#ended
    this.#forced?.resolve()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const stamp = (): string => folderStamp(this.#installation.files)
    await this.#safely(() => {
      this.#plan()
    })
    let occasion: Occasion = 'due'
    while (!signal.aborted) {
      const forced = this.#forced
      this.#forced = undefined
      const met = occasion
      await this.#safely(() => this.#look(met, forced !== undefined))
      forced?.resolve()
      occasion = await this.#vigil.keep({ seconds: this.#left, network: this.#isWatching, stamp })
    }
  }

  /** Whatever goes wrong, the program around has its own work to do, and the next look comes. */
  async #safely(run: () => unknown): Promise<void> {
    try {
      await run()
    } catch (error) {
      warnOf(error)
    }
  }

  async #look(occasion: Occasion, isForced: boolean): Promise<void> {
    if (occasion === 'jump') this.#wake()
    if (occasion === 'network') this.#changeNetwork()
    for (const sold of currentProducts(this.#installation)) await this.#serve(sold, isForced)
    this.#plan()
    this.#driven.looked()
  }

  /** What is due is seen anew for each: another program may have done it, or an attempt for another product have taken long. */
  async #serve(sold: SoldProduct, isForced: boolean): Promise<void> {
    const planned = this.#planOf(sold)
    if (isOvertaken(this.#ownOf(sold), planned.written)) this.#problems.delete(sold.product.activationId)
    const now = this.#clock.now()
    const due = planned.plan.steps.filter(({ at }) => at <= now)
    if (due.some(({ kind }) => kind === 'warn')) this.#warn(sold, now)
    if (this.#stopping.signal.aborted) return
    if (isForced || (due.some(({ kind }) => kind === 'attempt') && isTurn(this.#installation.files)))
      await this.#attempt(planned)
  }

  async #attempt({ sold, written: before }: PlannedProduct): Promise<void> {
    const code = await this.#ask(sold)
    if (this.#stopping.signal.aborted) return
    // A signed answer has set the clock.
    if (code === undefined) this.#clock.reset()
    const { written } = this.#planOf(sold)
    const made = { at: this.#clock.now(), before, written, ...(code !== undefined && { code }) }
    this.#remember(sold, afterAttempt(this.#ownOf(sold), made))
    this.#driven.looked()
  }

  async #ask({ product: { activationId, name } }: SoldProduct): Promise<ErrorCode | undefined> {
    try {
      await this.#driven.activate(activationId, this.#stopping.signal)
      this.#problems.delete(activationId)
      return undefined
    } catch (error) {
      if (this.#stopping.signal.aborted) return undefined
      if (!(error instanceof ActivationError)) throw error
      this.#problems.set(activationId, `${name} could not be activated or renewed: ${error.message} (${error.code})`)
      return error.code
    }
  }

  #warn(sold: SoldProduct, now: Instant): void {
    this.#remember(sold, { ...this.#ownOf(sold), reminded: now })
    if (this.#remind !== undefined) callSafely(this.#remind, this.#driven.license(sold.product.activationId))
  }

  /** Finds what comes next of all products. */
  #plan(): void {
    const all = currentProducts(this.#installation).map((sold) => this.#planOf(sold))
    const steps = all.flatMap(({ sold, plan }) => plan.steps.map((step) => ({ ...step, product: sold.product.slug })))
    const heard = steps.filter(({ kind }) => kind !== 'warn' || this.#remind !== undefined)
    this.#next = heard.toSorted((a, b) => a.at - b.at)[0]
    this.#left = (this.#next?.at ?? Infinity) - this.#clock.now()
    this.#isWatching = all.some(({ plan }) => plan.watchUntil !== undefined)
  }

  /** Everybody who slept may wake in this second; and a clock may have been set. */
  #wake(): void {
    this.#clock.reset()
    this.#awake = this.#clock.now()
  }

  #changeNetwork(): void {
    const now = this.#clock.now()
    for (const sold of currentProducts(this.#installation)) {
      this.#remember(sold, afterNetworkChange(this.#ownOf(sold), now))
    }
  }

  #planOf(sold: SoldProduct): PlannedProduct {
    const view = { own: this.#ownOf(sold), awake: this.#awake, now: this.#clock.now() }
    return planProduct(this.#installation, sold, view)
  }

  #ownOf({ product }: SoldProduct): OwnMemory {
    return this.#own.get(product.activationId) ?? {}
  }

  #remember({ product }: SoldProduct, own: OwnMemory): void {
    this.#own.set(product.activationId, own)
  }
}
