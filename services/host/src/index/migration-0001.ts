import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the first tables of the index. */
export const migration0001: Migration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('machines')
      .addColumn('vendor', 'text', (column) => column.notNull())
      .addColumn('machine', 'text', (column) => column.notNull())
      .addColumn('product', 'text', (column) => column.notNull())
      .addColumn('first_seen', 'integer', (column) => column.notNull())
      .addColumn('last_seen', 'integer', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('address', 'text')
      .addColumn('version', 'text')
      .addColumn('state', 'integer')
      .addColumn('lease_end', 'integer')
      .addPrimaryKeyConstraint('machines_key', ['vendor', 'machine', 'product'])
      .execute()
    await db.schema
      .createTable('events')
      .addColumn('vendor', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('time', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('machine', 'text')
      .addColumn('product', 'text')
      .addPrimaryKeyConstraint('events_key', ['vendor', 'number'])
      .execute()
    await db.schema
      .createTable('progress')
      .addColumn('vendor', 'text', (column) => column.primaryKey().notNull())
      .addColumn('log', 'text', (column) => column.notNull())
      .addColumn('size', 'integer', (column) => column.notNull())
      .execute()
  },
}
