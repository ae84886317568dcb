import { onTestFinished } from 'vitest'
import type { Duration } from '@volact/core/time'
import { TestClock } from '../client.fixture.ts'
import type { Client } from '../client.ts'
import type { RunningClient } from './running-client.ts'
import type { DriverOptions } from './surroundings.ts'

interface Waiter {
  readonly due: Duration
  readonly go: () => void
}

/** A clock on the wall and timers that both stand still until a test moves them: a day takes as long as what happens in it. */
export class VirtualTime extends TestClock {
  readonly #waiters = new Set<Waiter>()
  #drivers = 0
  #run = 0
  #arrived = Promise.withResolvers<undefined>()

  /** Seconds that the machine was awake. */
  readonly monotonic = (): Duration => this.#run

  /** A driver's timer. */
  readonly wait = (seconds: Duration, signal: AbortSignal): Promise<undefined> => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const leave = (): void => {
      this.#waiters.delete(waiter)
      signal.removeEventListener('abort', leave)
      resolve(undefined)
    }
    const waiter = { due: this.#run + seconds, go: leave }
    this.#waiters.add(waiter)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave)
    this.#arrived.resolve(undefined)
    return promise
  }

  /** Starts a client in this time, until the test ends, and waits until it waits. */
  async start(client: Client, options: DriverOptions = {}): Promise<RunningClient> {
    const running = client.start({ addresses: () => '', ...options, wait: this.wait })
    this.#drivers += 1
    onTestFinished(() => running.stop())
    await this.settle()
    return running
  }

  /** A driver has been stopped. */
  stopped(): void {
    this.#drivers -= 1
  }

  /** Waits until all drivers wait. */
  async settle(): Promise<void> {
    while (this.#waiters.size < this.#drivers) {
      this.#arrived = Promise.withResolvers()
      await this.#arrived.promise
    }
  }

  /** Lets time pass while the machine is awake. */
  async pass(seconds: Duration): Promise<void> {
    const end = this.#run + seconds
    for (;;) {
      await this.settle()
      const [first] = [...this.#waiters].toSorted((a, b) => a.due - b.due)
      if (first === undefined || first.due > end) break
      this.#advance(first.due)
      first.go()
    }
    this.#advance(end)
  }

  /** Lets time pass while the machine sleeps: its timers stand still. */
  sleep(seconds: Duration): void {
    this.time += seconds
  }

  #advance(run: Duration): void {
    this.time += run - this.#run
    this.#run = run
  }
}
