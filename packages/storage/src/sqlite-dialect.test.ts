import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { type Generated, Kysely, sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sqliteDialect } from './sqlite-dialect.ts'

interface Tables {
  machines: { id: Generated<number>; name: string; key: Uint8Array | null }
}

async function open(): Promise<Kysely<Tables>> {
  const db = new Kysely<Tables>({ dialect: sqliteDialect(new DatabaseSync(join(temporaryFolder(), 'db'))) })
  onTestFinished(() => db.destroy())
  await sql`create table machines (id integer primary key, name text not null unique, key blob)`.execute(db)
  return db
}

async function insert(db: Kysely<Tables>, ...names: string[]): Promise<void> {
  for (const name of names) await db.insertInto('machines').values({ name, key: null }).execute()
}

async function names(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('machines').select('name').orderBy('id').execute()
  return rows.map(({ name }) => name)
}

describe('sqliteDialect', () => {
  it('tells the ID of an inserted row and how many rows changed', async () => {
    const db = await open()
    const inserted = await db.insertInto('machines').values({ name: 'a', key: null }).executeTakeFirstOrThrow()
    expect(inserted.insertId).toBe(1n)
    const updated = await db.updateTable('machines').set({ name: 'b' }).where('name', '=', 'a').executeTakeFirst()
    expect(updated.numUpdatedRows).toBe(1n)
    const deleted = await db.deleteFrom('machines').where('name', '=', 'a').executeTakeFirst()
    expect(deleted.numDeletedRows).toBe(0n)
  })

  it('gives back rows from an insert that returns them, and bytes as bytes', async () => {
    const db = await open()
    const row = { name: 'a', key: Uint8Array.of(0, 255) }
    const returned = await db.insertInto('machines').values(row).returningAll().executeTakeFirstOrThrow()
    expect(returned).toEqual({ id: 1, ...row })
  })

  it('takes a failed transaction back whole', async () => {
    const db = await open()
    const failing = db.transaction().execute(async (trx) => {
      await insert(trx, 'a')
      throw new Error('undo')
    })
    await expect(failing).rejects.toThrow('undo')
    expect(await names(db)).toEqual([])
  })

  it('takes back a changed schema, too', async () => {
    const db = await open()
    const failing = db.transaction().execute(async (trx) => {
      await trx.schema.alterTable('machines').addColumn('extra', 'text').execute()
      throw new Error('undo')
    })
    await expect(failing).rejects.toThrow('undo')
    const [table] = await db.introspection.getTables()
    expect(table?.columns.map(({ name }) => name)).toEqual(['id', 'name', 'key'])
  })

  it('lets transactions that start together wait for each other', async () => {
    const db = await open()
    const add = (name: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const before = await names(trx)
        await new Promise(setImmediate)
        await insert(trx, `${before.length}${name}`)
      })
    await Promise.all(['x', 'y', 'z'].map(add))
    expect(await names(db)).toEqual(['0x', '1y', '2z'])
  })

  it('streams rows one by one, and a stream that is left early frees the connection', async () => {
    const db = await open()
    await insert(db, 'a', 'b', 'c')
    const seen: string[] = []
    for await (const { name } of db.selectFrom('machines').selectAll().stream()) {
      seen.push(name)
      if (name === 'b') break
    }
    expect(seen).toEqual(['a', 'b'])
    expect(await names(db)).toEqual(['a', 'b', 'c'])
  })

  it('leaves a violated constraint and a wrong statement as they are', async () => {
    const db = await open()
    await insert(db, 'a')
    await expect(insert(db, 'a')).rejects.toThrow('UNIQUE constraint failed: machines.name')
    await expect(sql`select nonsense`.execute(db)).rejects.toThrow('no such column')
  })

  it('names a full disk in a transaction, and works again when there is room', async () => {
    const db = await open()
    await sql`pragma max_page_count = 10`.execute(db)
    const filling = db.transaction().execute(async (trx) => {
      await trx
        .insertInto('machines')
        .values({ name: 'big', key: new Uint8Array(100_000) })
        .execute()
    })
    await expect(filling).rejects.toMatchObject({ code: 'DISK_FULL' })
    await sql`pragma max_page_count = 1000`.execute(db)
    await insert(db, 'small')
    expect(await names(db)).toEqual(['small'])
  })
})
