import { openDatabase } from '@volact/storage/open-database'
import type { Kysely } from 'kysely'
import { migration0001 } from './migration-0001.ts'
import { migration0002 } from './migration-0002.ts'
import { migration0003 } from './migration-0003.ts'
import type { Tables } from './tables.ts'

/** The database, or a transaction of it. */
export type Database = Kysely<Tables>

/** Opens the authority's database and brings its schema up to date. Its errors are those of `openDatabase`. */
export function openAuthorityDatabase(path: string): Promise<Database> {
  return openDatabase<Tables>(path, { '0001': migration0001, '0002': migration0002, '0003': migration0003 })
}
