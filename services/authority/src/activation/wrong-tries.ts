import { isIPv6 } from 'node:net'
import { type Duration, hours, type Instant } from '@volact/core/time'
import { addressBytes } from '@volact/keys/address-bytes'

/** Wrong keys that an address may try within the period (rule 52). */
const mostTries = 10
const period: Duration = hours(1)
/** Addresses that are remembered; beyond, the one that tried first is forgotten. 61 random bits stay what they are. */
const mostAddresses = 10_000

/** Remembers who tried wrong host keys, so that nobody tries many. Lost with the process, which costs a guesser nothing. */
export class WrongTries {
  readonly #tries = new Map<string, readonly Instant[]>()

  /** Seconds until the address may try again; 0 when it may now. */
  wait(address: string, now: Instant): Duration {
    const tries = this.#recent(address, now)
    const first = tries[tries.length - mostTries]
    return first === undefined ? 0 : first + period - now
  }

  /** Remembers a wrong try. */
  record(address: string, now: Instant): void {
    const tries = [...this.#recent(address, now), now]
    const name = network(address)
    this.#tries.delete(name)
    this.#tries.set(name, tries)
    const [oldest] = this.#tries.keys()
    if (this.#tries.size > mostAddresses && oldest !== undefined) this.#tries.delete(oldest)
  }

  #recent(address: string, now: Instant): readonly Instant[] {
    return (this.#tries.get(network(address)) ?? []).filter((time) => time <= now && now < time + period)
  }
}

/** Whoever has one IPv6 address has the 2^64 beside it, so that these are one. */
function network(address: string): string {
  const bytes = isIPv6(address) && !address.startsWith('::ffff:') ? addressBytes(address) : undefined
  return bytes === undefined ? address : bytes.subarray(0, 8).join('.')
}
