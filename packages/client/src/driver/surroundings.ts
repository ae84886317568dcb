import { networkInterfaces } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { Duration } from '@volact/core/time'
import type { License } from '../sdk/license.ts'

/** How a driver is run; nothing of it is needed in a program. */
export interface DriverOptions {
  /**
   * Is called when the user should be reminded of a license that ends or has ended: once a day, every four hours in the last three
   * days, hourly in the last one and while the license is over. A first time after each start.
   */
  readonly remind?: (license: License) => void
  /** Tells of changes of the network, where something does; else the addresses of this machine are looked at after a failure. */
  readonly network?: NetworkSource
  /** Resolves after so many seconds, or sooner when the signal aborts; never rejects. */
  readonly wait?: (seconds: Duration, signal: AbortSignal) => Promise<unknown>
  /** A text that changes when the network does. */
  readonly addresses?: () => string
}

/** Calls back at each change of the network, until the function that it returns is called. */
export type NetworkSource = (changed: () => void) => () => void

/** What a driver works with where nothing else is given. Its timers keep no program from ending. */
export const usualSurroundings: Required<Pick<DriverOptions, 'wait' | 'addresses'>> = {
  wait: (seconds, signal) => setTimeout(seconds * 1_000, undefined, { signal, ref: false }).catch(() => undefined),
  addresses: ownAddresses,
}

/** The addresses that others may reach this machine at, in an order that does not change by itself. */
function ownAddresses(): string {
  const all = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.filter(({ internal }) => !internal).map(({ address }) => `${name} ${address}`),
  )
  return all.toSorted().join('\n')
}
