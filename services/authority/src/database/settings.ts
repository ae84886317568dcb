import type { Database } from './open-authority-database.ts'

/** What is remembered by name. */
export type SettingName = 'address'

/** Reads a setting; nothing when it was never written. */
export async function readSetting(db: Database, name: SettingName): Promise<string | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}

/** Writes a setting over the one before. */
export async function writeSetting(db: Database, name: SettingName, value: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}
