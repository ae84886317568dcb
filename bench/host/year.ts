import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { days } from '@volact/core/time'
import type { ActivateMessage } from '@volact/core/wire/activation-messages'
import { vendorFiles } from '@volact/host/folder/files'
import type { Ledger } from '@volact/ledger/ledger'
import { openLedger } from '@volact/ledger/open-ledger'
import { messageOf, splitFrames } from './answers.ts'
import { GrantPress, type Identity } from './synthetic-grant.ts'
import { beginning, makeActivatedHost, readSold, type Sold } from './vendor.ts'

/** Grants of each machine in a year. */
export const weeks = 52

/** Details are kept for 90 days (rule 32): so long before the end of the year those that are still there were written. */
const weeksOfDetails = 13

/** Grants of one batch. */
const batchLength = 4_096

/** When the year is over. */
export const endOfYear: number = beginning + days(7 * weeks)

/**
 * Writes what a year leaves of machines that renew weekly into a host's folder, `host` in the given one, through the ledger's own code.
 * `requests` are real ones, whose lengths the details have; machines are but random numbers.
 */
export async function writeYear(folder: string, machines: number, requests: string): Promise<string> {
  await makeActivatedHost(folder)
  const host = join(folder, 'host')
  const sold = readSold(folder)
  const ledger = openLedger(vendorFiles(host, sold.vendor).ledger)
  const year = new Year(ledger, sold, machines, requests)
  try {
    for (let week = 0; week < weeks; week += 1) await year.write(week)
  } finally {
    ledger.close()
  }
  return host
}

class Year {
  readonly #ledger: Ledger
  readonly #press: GrantPress
  readonly #machines: number
  /** Machine ID and anchor of each. */
  readonly #known: Uint8Array
  readonly #messages: readonly ActivateMessage[]

  constructor(ledger: Ledger, sold: Sold, machines: number, requests: string) {
    this.#ledger = ledger
    this.#press = new GrantPress(sold)
    this.#machines = machines
    this.#known = randomFillSync(new Uint8Array(64 * machines))
    const messages = splitFrames(readFileSync(requests)).slice(0, 1_000).map(messageOf)
    this.#messages = messages.filter((message) => message.kind === 'activate')
  }

  async write(week: number): Promise<void> {
    for (let done = 0; done < this.#machines; done += batchLength) {
      const time = beginning + days(7) * week + Math.floor((days(7) * done) / this.#machines)
      const first = this.#ledger.size
      const length = Math.min(batchLength, this.#machines - done)
      const places = Array.from({ length }, (_, place) => place)
      const entries = places.map((place) => this.#press.grant(first + place, time, this.#identity(done + place)))
      await this.#ledger.append({ first, time, entries })
      if (week >= weeks - weeksOfDetails) this.#keepDetails(first, length)
    }
  }

  #identity(machine: number): Identity {
    const own = this.#known.subarray(64 * machine, 64 * (machine + 1))
    return { machine: own.subarray(0, 32), anchor: own.subarray(32) }
  }

  #keepDetails(first: number, length: number): void {
    const records = Array.from({ length }, (_, place) => {
      const message = this.#messages[place % this.#messages.length]
      if (message === undefined) throw new Error('there are no real requests')
      const { request, salt, details } = message
      return { index: first + place, request, salt, details }
    })
    this.#ledger.keepDetails(records)
  }
}
