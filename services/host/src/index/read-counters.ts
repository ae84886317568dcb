import type { Instant } from '@volact/core/time'
import { counterNames, type RequestCounters } from './counter-names.ts'
import { withIndexOf } from './with-index.ts'

/** The cumulative counters of a vendor: of all its requests, or of those for one application. */
export interface CounterBlock extends RequestCounters {
  readonly vendor: string
  readonly application?: { readonly id: string; readonly name: string }
}

interface CounterRow {
  readonly vendor: string
  readonly application: string
  readonly application_name: string | null
  readonly what: string
  readonly number: number
}

/** Reads the counters of a host, running or not: for each vendor all together, then each application. */
export function readCounters(dir: string, { now }: { readonly now: () => Instant }): Promise<readonly CounterBlock[]> {
  return withIndexOf(dir, { now }, ({ db }) => {
    const rows = db
      .prepare(
        `select ifnull(vendors.name, '') as vendor, counters.application, what, number,
          (select application_name from products where products.application = counters.application limit 1)
            as application_name
          from counters left join vendors on vendors.id = counters.vendor order by vendor, counters.application`,
      )
      .all() as unknown as readonly CounterRow[]
    const vendors = new Set([...vendorNames(db), ...rows.map(({ vendor }) => vendor)])
    return [...vendors].flatMap((vendor) =>
      blocksOf(
        vendor,
        rows.filter((row) => row.vendor === vendor),
      ),
    )
  })
}

function vendorNames(db: Parameters<Parameters<typeof withIndexOf>[2]>[0]['db']): readonly string[] {
  return db
    .prepare('select name from vendors order by name')
    .all()
    .map(({ name }) => String(name))
}

function blocksOf(vendor: string, rows: readonly CounterRow[]): readonly CounterBlock[] {
  const applications = Map.groupBy(
    rows.filter(({ application }) => application !== ''),
    ({ application }) => application,
  )
  return [
    { vendor, ...sums(rows) },
    ...[...applications].map(([id, own]) => {
      const name = own[0]?.application_name ?? id
      return { vendor, application: { id, name }, ...sums(own) }
    }),
  ]
}

function sums(rows: readonly CounterRow[]): RequestCounters {
  const of = (name: string): number => rows.reduce((sum, { what, number }) => sum + (what === name ? number : 0), 0)
  return Object.fromEntries(counterNames.map((name) => [name, of(name)])) as unknown as RequestCounters
}
