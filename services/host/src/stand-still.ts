import { Turnstile } from './network/turnstile.ts'

/** What of a running host works on its ledgers. */
export interface LedgerWork {
  /** Answers what was accepted, and closes the ledgers. */
  readonly close: () => Promise<void>
  /** Opens what lies in the folder now, and serves from it. */
  readonly open: () => Promise<void>
  /** Says that it could not, so that nobody is served until the host is started again. */
  readonly failed: (error: unknown) => void
  /** Compares this machine with what is certified now. */
  readonly compare: () => Promise<void>
  /** Has the index rest, and follow the ledgers that there are then. */
  readonly restIndex: () => Promise<void>
  readonly startIndex: () => void
}

/** The moments in which a running host stands still, so that an act has its folder alone. Nobody is dropped: what comes in meanwhile waits. */
export class StandStill {
  readonly turnstile: Turnstile = new Turnstile()
  readonly #work: LedgerWork
  readonly #asked = new Set<Promise<unknown>>()
  #act: Promise<unknown> | undefined

  constructor(work: LedgerWork) {
    this.#work = work
  }

  /** Answers a command that works on the ledgers, maybe for long: no act takes them away from under it. */
  async answer<T>(question: () => Promise<T>): Promise<T> {
    while (this.#act !== undefined) await this.#act
    const answered = question()
    this.#asked.add(answered)
    try {
      return await answered
    } finally {
      this.#asked.delete(answered)
    }
  }

  /** Does an act, and opens everything anew, whatever becomes of it. Acts come one after the other. */
  async for<T>(act: () => T | Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#act = promise
    try {
      await Promise.allSettled(this.#asked)
      return await this.#closedFor(act)
    } finally {
      this.#act = undefined
      resolve(undefined)
    }
  }

  /** The same for an act that may write a certificate. */
  async forCertificate<T>(act: () => T | Promise<T>): Promise<T> {
    const done = await this.for(act)
    await this.#work.compare()
    return done
  }

  /** The same where another ledger takes the place of one. */
  async forLedger<T>(act: () => T | Promise<T>): Promise<T> {
    await this.#work.restIndex()
    try {
      return await this.forCertificate(act)
    } finally {
      this.#work.startIndex()
    }
  }

  async #closedFor<T>(act: () => T | Promise<T>): Promise<T> {
    const done = await this.turnstile.closedFor(async () => {
      try {
        await this.#work.close()
        const [settled] = await Promise.allSettled([(async () => act())()])
        await this.#work.open()
        return settled
      } catch (error) {
        this.#work.failed(error)
        throw error
      }
    })
    if (done.status === 'rejected') throw done.reason
    return done.value
  }
}
