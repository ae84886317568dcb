import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { type Generated, type Kysely, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { type Migrations, openDatabase } from './open-database.ts'

interface Tables {
  machines: { id: Generated<number>; name: string }
}

const first: Migrations = {
  '0001-machines': {
    up: async (db) => {
      await sql`create table machines (id integer primary key, name text not null)`.execute(db)
    },
  },
}

const second: Migrations = {
  ...first,
  '0002-names': {
    up: async (db) => {
      await sql`create table names (machine integer not null references machines (id))`.execute(db)
    },
  },
}

const broken: Migrations = {
  ...first,
  '0002-broken': {
    up: async (db) => {
      await sql`create table half (a)`.execute(db)
      throw new Error('stop here')
    },
  },
}

async function filled(path: string): Promise<void> {
  const db = await openDatabase<Tables>(path, first)
  await db
    .insertInto('machines')
    .values(Array.from({ length: 2_000 }, (_, id) => ({ name: `machine ${id}` })))
    .execute()
  await db.destroy()
}

async function tables(db: Kysely<Tables>): Promise<string[]> {
  return (await db.introspection.getTables()).map(({ name }) => name)
}

describe('openDatabase', () => {
  it('makes a file for its owner alone, with a log beside it, and keeps what is written', async () => {
    const path = join(temporaryFolder(), 'db')
    await filled(path)
    const db = await openDatabase<Tables>(path, first)
    expect(await db.selectFrom('machines').select(db.fn.countAll().as('count')).execute()).toEqual([{ count: 2_000 }])
    for (const name of readdirSync(join(path, '..'))) expect(statSync(join(path, '..', name)).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(path, '..'))).toContain('db-wal')
    await db.destroy()
  })

  it.each([
    ['full', 2],
    ['normal', 1],
  ] as const)('syncs as told: %s', async (synchronous, number) => {
    const db = await openDatabase<Tables>(join(temporaryFolder(), 'db'), first, { synchronous })
    expect((await sql`pragma synchronous`.execute(db)).rows).toEqual([{ synchronous: number }])
    expect((await sql`pragma journal_mode`.execute(db)).rows).toEqual([{ journal_mode: 'wal' }])
    await db.destroy()
  })

  it('keeps references whole', async () => {
    const db = await openDatabase<Tables>(join(temporaryFolder(), 'db'), second)
    await expect(sql`insert into names values (7)`.execute(db)).rejects.toThrow('FOREIGN KEY')
    await db.destroy()
  })

  it('brings an older file up to date, all steps or none', async () => {
    const path = join(temporaryFolder(), 'db')
    await filled(path)
    await expect(openDatabase<Tables>(path, broken)).rejects.toThrow('stop here')
    const db = await openDatabase<Tables>(path, second)
    expect(await tables(db)).toEqual(['machines', 'names'])
    await db.destroy()
  })

  it('refuses a file that a newer version has written, and leaves it as it is', async () => {
    const path = join(temporaryFolder(), 'db')
    await (await openDatabase<Tables>(path, second)).destroy()
    await expect(openDatabase<Tables>(path, first)).rejects.toMatchObject({ code: 'FOLDER_NEWER' })
    const db = await openDatabase<Tables>(path, second)
    expect(await tables(db)).toEqual(['machines', 'names'])
    await db.destroy()
  })

  it('calls a file that is no database damaged', async () => {
    const path = join(temporaryFolder(), 'db')
    writeFileSync(path, 'dear diary, '.repeat(1_000))
    await expect(openDatabase<Tables>(path, first)).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' })
    expect(readFileSync(path, 'utf8')).toMatch(/^dear diary/)
  })

  it('calls a file with a hole or cut short damaged, when it is opened or when it is read', async () => {
    for (const damage of [cutShort, overwrite]) {
      const path = join(temporaryFolder(), 'db')
      await filled(path)
      damage(path)
      const reading = async (): Promise<unknown> => {
        const db = await openDatabase<Tables>(path, first)
        return db
          .selectFrom('machines')
          .selectAll()
          .execute()
          .finally(() => db.destroy())
      }
      await expect(reading()).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' })
    }
  })

  it('tells a folder and a missing folder from damage', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'db'))
    await expect(openDatabase<Tables>(join(folder, 'db'), first)).rejects.toMatchObject({ code: 'NOT_A_FILE' })
    await expect(openDatabase<Tables>(join(folder, 'a', 'db'), first)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })

  it('lets no warning of SQLite through and every other', () => {
    const script = `
      import { loadSqlite } from ${JSON.stringify(new URL('node-sqlite.ts', import.meta.url).href)}
      const [a, b] = await Promise.all([loadSqlite(), loadSqlite()])
      if (a !== b) throw new Error('twice')
      process.emitWarning('something else', 'ExperimentalWarning')`
    const node = ['"$0"', '--conditions=volact-source', '--input-type=module', '--eval', '"$1"', '2>&1']
    const output = execFileSync('sh', ['-c', node.join(' '), process.execPath, script], { encoding: 'utf8' })
    expect(output).toContain('ExperimentalWarning: something else')
    expect(output).not.toContain('SQLite')
  })
})

function cutShort(path: string): void {
  truncateSync(path, statSync(path).size - 8_192)
}

function overwrite(path: string): void {
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xa5, 8_192, 20_000))
}
