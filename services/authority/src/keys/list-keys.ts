import type { Instant } from '@volact/core/time'
import type { Database } from '../database/open-authority-database.ts'
import type { KeyTerms } from './key-terms.ts'
import type { KeyType } from './issue-key.ts'

/** A key as lists show it; the key itself is not known any more (rule 52). Plain JSON. */
export interface ListedKey {
  readonly serial: number
  readonly type: KeyType
  /** Number of the key group. */
  readonly group: number
  readonly customer: string
  readonly lastFive: string
  readonly issued: Instant
  readonly blocked: boolean
  readonly hosts: number
  readonly hostLimit: number
  readonly activations: number
  /** Of each host, or of a MAK in all. */
  readonly activationLimit: number
  /** Of a host key. */
  readonly agreementEnds?: Instant
}

/** Lists the keys by serial, or the one with a serial. */
export async function listKeys(db: Database, serial?: number): Promise<readonly ListedKey[]> {
  const all = db
    .selectFrom('keys')
    .leftJoin('hosts', 'hosts.key_serial', 'keys.serial')
    .leftJoin('activations', 'activations.host_id', 'hosts.id')
    .select(['serial', 'type', 'group_number', 'customer', 'last_five', 'issued', 'blocked', 'terms'])
    .select(['host_limit', 'activation_limit'])
    .select(({ fn }) => [
      fn.count<number>('hosts.id').distinct().as('hosts'),
      fn.count<number>('activations.id').as('activations'),
    ])
    .groupBy('serial')
    .orderBy('serial')
  const rows = await (serial === undefined ? all : all.where('serial', '=', serial)).execute()
  return rows.map((row) => {
    const { agreementEnds } = JSON.parse(row.terms) as Partial<KeyTerms>
    return {
      ...{ serial: row.serial, type: row.type, group: row.group_number, customer: row.customer },
      ...{ lastFive: row.last_five, issued: row.issued, blocked: row.blocked !== null },
      ...{ hosts: row.hosts, hostLimit: row.host_limit },
      ...{ activations: row.activations, activationLimit: row.activation_limit },
      ...(agreementEnds === undefined ? {} : { agreementEnds }),
    }
  })
}
