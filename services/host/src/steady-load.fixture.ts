import { setTimeout } from 'node:timers/promises'
import { type Lease, takeLease } from './lease.fixture.ts'
import { TestConnection, TestMachine } from './machine.fixture.ts'
import { start, type TestVendor } from './vendor.fixture.ts'

/** Machines that ask one host for leases, each on a connection of its own, again as soon as it is answered, until they are stopped. */
export class SteadyLoad {
  readonly leases: Lease[] = []
  /** The codes of refusals, and the kinds of other answers that are no grants. */
  readonly refusals: Set<string> = new Set<string>()
  readonly #vendor: TestVendor
  readonly #ended: Promise<unknown>
  #isOver = false

  constructor(vendor: TestVendor, address: string, machines: number) {
    this.#vendor = vendor
    const loads = Array.from({ length: machines }, (_, number) =>
      this.#ask(address, new TestMachine(`machine ${number}`)),
    )
    this.#ended = Promise.all(loads)
  }

  /** Waits until something is so of what was answered. */
  async until(isSo: (load: this) => boolean): Promise<void> {
    while (!isSo(this)) await setTimeout(5)
  }

  /** Ends it when each machine has its last answer. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#ended
  }

  async #ask(address: string, machine: TestMachine): Promise<void> {
    const connection = await TestConnection.open(address)
    while (!this.#isOver) {
      const sent = machine.request(this.#vendor.desktop, start)
      connection.send(sent.message)
      const answer = await connection.next()
      if (answer?.kind === 'grant') this.leases.push(takeLease(machine, this.#vendor, sent, answer))
      else this.refusals.add(answer?.kind === 'refusal' ? answer.code : String(answer?.kind))
      await setTimeout(2)
    }
    connection.close()
  }
}
