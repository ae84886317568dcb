import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table of forks and twins (rule 18). No ledger has any from before it. */
export const migration0002: Migration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('forks')
      .addColumn('vendor', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('time', 'integer', (column) => column.notNull())
      .addColumn('act', 'text', (column) => column.notNull())
      .addColumn('machine', 'text', (column) => column.notNull())
      .addColumn('product', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('other_name', 'text')
      .addPrimaryKeyConstraint('forks_key', ['vendor', 'number'])
      .execute()
  },
}
