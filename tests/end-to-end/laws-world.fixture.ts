import { toHex } from '@volact/core/bytes'
import type { Grant } from '@volact/core/document/grant'
import { days, type Duration, hours, type Instant } from '@volact/core/time'
import { TestMachine } from '@volact/host/machine.fixture'
import { start } from '@volact/host/vendor.fixture'
import type { LawVendor } from './laws-vendor.fixture.ts'
import { Site } from './twins.fixture.ts'

/** What the network does to what a client sends, and to what it is answered. */
export type Network = 'good' | 'no-host' | 'answers-lost'

/** The last second of every history; the certificates of the host last a lease longer. */
const end = start + days(3_600)

/** Machines that are only there to be counted ask this often once they are licensed, and until then; a host notes who is refused once a window. */
const othersAsk = { licensed: days(20), refused: hours(2) } as const

/** One true time, a host, the network before it, and the other machines that make up its count. */
export class World {
  readonly vendor: LawVendor
  readonly site: Site
  /** Whether the other machines go on asking, so that they and one more reach the threshold. */
  othersAreThere = true
  readonly #others = [new TestMachine('other-1'), new TestMachine('other-2')]
  #othersAskAt = 0
  /** Every request that a client has ever sent, so that a repeated one is known. */
  readonly #seen = new Set<string>()
  /** Whether the last one had never been sent before, and how many there were. */
  lastWasFresh = false
  requests = 0
  /** Leases that were verified before, by machine, product and bytes. */
  readonly verified = new Map<string, Grant>()

  private constructor(vendor: LawVendor, site: Site) {
    this.vendor = vendor
    this.site = site
  }

  static async start(vendor: LawVendor): Promise<World> {
    const world = new World(vendor, await Site.start({ time: start }, vendor))
    world.setNetwork('good')
    return world
  }

  get time(): Instant {
    return this.site.clock.time
  }

  /** Time goes on, by less once the history has lasted for ten years. */
  pass(seconds: Duration): Duration {
    const passed = Math.max(0, Math.min(seconds, end - this.time))
    this.site.clock.time += passed
    return passed
  }

  setNetwork(network: Network): void {
    const answer = network === 'good' ? 'passed' : 'lost'
    this.site.proxy.way = {
      request: (message) => {
        this.#note(message)
        return network === 'no-host' ? 'lost' : 'passed'
      },
      answer: () => answer,
    }
  }

  /** The other machines ask when it is time to. What comes of it is the host's business. */
  async letOthersAsk(): Promise<void> {
    if (!this.othersAreThere || this.time < this.#othersAskAt) return
    let areLicensed = true
    for (const other of this.#others) areLicensed = (await this.#letAsk(other)) && areLicensed
    this.#othersAskAt = this.time + (areLicensed ? othersAsk.licensed : othersAsk.refused)
  }

  async close(): Promise<void> {
    this.site.proxy.close()
    await this.site.host.close()
  }

  async #letAsk(other: TestMachine): Promise<boolean> {
    const { sent, answer } = await other.ask(this.site.host.address, this.vendor.desktop, this.time)
    if (answer.kind !== 'grant') return false
    other.accept(this.vendor, sent, answer)
    return true
  }

  #note(message: Uint8Array): void {
    const text = toHex(message)
    this.lastWasFresh = !this.#seen.has(text)
    this.#seen.add(text)
    this.requests += 1
  }
}
