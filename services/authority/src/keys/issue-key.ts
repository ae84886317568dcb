import { randomBytes } from 'node:crypto'
import type { Catalog } from '@volact/core/catalog/catalog'
import { findGroup } from '@volact/core/catalog/key-groups'
import { ActivationError } from '@volact/core/errors/activation-error'
import { defaults } from '@volact/core/licensing/defaults'
import { issueProductKey } from '@volact/core/product-key/issue-product-key'
import { formatProductKey, keyDigest, lastFive } from '@volact/core/product-key/product-key'
import type { Instant } from '@volact/core/time'
import { audit } from '../database/audit.ts'
import type { Database } from '../database/open-authority-database.ts'
import { completeTerms, type TermsOrder } from './key-terms.ts'

/** The types of key that a vendor issues: activates a host, activates machines one by one, selects a product. */
export type KeyType = 'host' | 'mak' | 'setup'

/** What kind of key is wanted. Plain JSON. */
export interface KeyOrder {
  readonly type: KeyType
  /** Slug or number of the key group. A setup key may name the number of a group that is not in the catalog yet. */
  readonly group: string | number
  /** Who gets it; stands in the certificates of its hosts. */
  readonly customer?: string
  /** Hosts that a host key may activate (by default 6), or activations of a MAK (no default). */
  readonly limit?: number
  /** For host keys. */
  readonly terms?: TermsOrder
}

/** A new key. This is the one time that it is whole anywhere. */
export interface IssuedKey {
  readonly key: string
  readonly serial: number
  readonly type: KeyType
  readonly group: number
  readonly lastFive: string
}

/** What issuing depends on. */
export interface IssueContext {
  readonly catalog: Catalog | undefined
  readonly now: Instant
  readonly usualEnd: Instant
}

const maxText = 100
const mostLimit = 1_000_000

/** Issues a key and stores its digest (rule 52); in one transaction with its row in the audit. `USAGE` for a wrong order. */
export async function issueKey(db: Database, order: KeyOrder, context: IssueContext): Promise<IssuedKey> {
  const { type, customer = '' } = order
  if (customer.length > maxText) throw usage(`the name of the customer is longer than ${maxText} characters`)
  const group = groupNumber(order, context.catalog)
  const limits = limitsOf(order)
  const terms = termsOf(order, group, context)
  return db.transaction().execute(async (transaction) => {
    const serial = await nextSerial(transaction)
    const kind = type === 'mak' ? 'MAK' : type
    const key = issueProductKey({ kind, group, serial, random: new Uint8Array(randomBytes(8)) })
    const row = { serial, type, group_number: group, customer, last_five: lastFive(key), issued: context.now }
    await transaction
      .insertInto('keys')
      .values({ ...row, ...limits, digest: keyDigest(key), terms, blocked: null })
      .execute()
    await audit(transaction, context.now, 'key-issued', { serial, type, group, customer })
    return { key: formatProductKey(key), serial, type, group, lastFive: lastFive(key) }
  })
}

function groupNumber({ type, group }: KeyOrder, catalog: Catalog | undefined): number {
  const number = typeof group === 'number' ? group : /^\d{1,4}$/.test(group) ? Number(group) : undefined
  const found = catalog && findGroup(catalog, number ?? group)
  if (found !== undefined) return found.number
  // The catalog names the setup keys of its products, so the first ones are made before there is a catalog.
  if (type === 'setup' && number !== undefined && number <= 1_023) return number
  if (catalog === undefined)
    throw usage('there is no catalog yet: apply one with "volact authority catalog apply FILE.yaml"')
  const known = catalog.groups.map((each) => `${each.slug} (${each.number})`).join(', ')
  throw usage(`the catalog has no key group "${group}"; it has ${known}`)
}

function limitsOf({ type, limit }: KeyOrder): { host_limit: number; activation_limit: number } {
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1 || limit > mostLimit)) {
    throw usage(`the limit takes a whole number from 1 to ${mostLimit}, not ${limit}`)
  }
  switch (type) {
    case 'host':
      return { host_limit: limit ?? defaults.hostsPerKey, activation_limit: defaults.activationsPerHost }
    case 'mak':
      if (limit === undefined) throw usage('a MAK needs a limit: say how many machines it may activate')
      return { host_limit: 0, activation_limit: limit }
    case 'setup':
      if (limit !== undefined) throw usage('a setup key is public and has no limit')
      return { host_limit: 0, activation_limit: 0 }
  }
}

function termsOf({ type, terms }: KeyOrder, group: number, { catalog, now, usualEnd }: IssueContext): string {
  if (type === 'host' && catalog !== undefined) {
    return JSON.stringify(completeTerms(terms ?? {}, { catalog, group, now, usualEnd }))
  }
  if (terms !== undefined) throw usage(`terms belong to host keys; this is to be a ${type} key`)
  return '{}'
}

async function nextSerial(db: Database): Promise<number> {
  const { last } = await db
    .selectFrom('keys')
    .select(({ fn }) => fn.max<number | null>('serial').as('last'))
    .executeTakeFirstOrThrow()
  return (last ?? 0) + 1
}

function usage(message: string): ActivationError {
  return new ActivationError('USAGE', message)
}
