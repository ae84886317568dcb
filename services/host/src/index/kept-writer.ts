import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { fromHex } from '@volact/core/bytes'
import { days, type Instant } from '@volact/core/time'
import { detailsFacts } from './beside-facts.ts'
import { countersOf } from './counter-names.ts'
import type { HostEvent } from './host-event.ts'
import type { TalliedRefusal } from './refusal-tally.ts'

/** An event with its time. */
export interface TimedEvent {
  readonly time: Instant
  readonly event: HostEvent
}

/** Where a refusal belongs in the index. */
export interface RefusalPlace {
  readonly vendor: number
  readonly product: number
  /** Empty where the product is nobody's. */
  readonly application: string
}

/** Writes what only the index has: refusals, counters and events. All of it runs within the transaction of who calls. */
export class KeptWriter {
  readonly #refusal: StatementSync
  readonly #counter: StatementSync
  readonly #event: StatementSync
  readonly #counts = new Map<string, { vendor: number; application: string; what: string; number: number }>()

  constructor(db: DatabaseSync) {
    this.#refusal = db.prepare(`insert into refusals (vendor, machine, product, code, day, first, last, times, name,
        address, state, flags, client_time, minutes_left, count, threshold)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict do update set last = excluded.last, times = times + excluded.times,
        name = iif(excluded.name = '', name, excluded.name), address = excluded.address, state = excluded.state,
        flags = excluded.flags, client_time = excluded.client_time, minutes_left = excluded.minutes_left,
        count = excluded.count, threshold = excluded.threshold`)
    this.#counter = db.prepare(`insert into counters (vendor, application, what, number) values (?, ?, ?, ?)
      on conflict do update set number = number + excluded.number`)
    this.#event = db.prepare('insert into events (time, event, vendor, fields) values (?, ?, ?, ?)')
  }

  /** Adds a request to the counters of its vendor and application. */
  count(
    { vendor, application }: Pick<RefusalPlace, 'vendor' | 'application'>,
    state: number | undefined,
    { code, times }: { readonly code?: string; readonly times: number },
  ): void {
    for (const what of countersOf(state, code)) {
      const key = `${vendor}/${application}/${what}`
      const known = this.#counts.get(key)
      if (known === undefined) this.#counts.set(key, { vendor, application, what, number: times })
      else known.number += times
    }
  }

  /** Writes refusals that are alike. */
  refuse(place: RefusalPlace, refused: TalliedRefusal): void {
    const { machine, code, state, first, last, times, latest } = refused
    const { details, address, flags, time, minutesLeft, count, threshold } = latest
    const { name = '' } = detailsFacts(details)
    const key = [place.vendor, fromHex(machine), place.product, code, Math.floor(last / days(1))] as const
    const asked = [state ?? null, flags ?? null, time ?? null, minutesLeft ?? null] as const
    this.#refusal.run(...key, first, last, times, name, address, ...asked, count ?? null, threshold ?? null)
    this.count(place, state, { code, times })
  }

  /** Writes an event of the service. */
  event({ time, event: { id, vendor, fields } }: TimedEvent): void {
    this.#event.run(time, id, vendor, JSON.stringify(fields))
  }

  /** Writes what was counted. */
  save(): void {
    for (const { vendor, application, what, number } of this.#counts.values())
      this.#counter.run(vendor, application, what, number)
    this.#counts.clear()
  }
}
