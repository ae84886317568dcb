import { openSqliteToRead } from '@volact/storage/open-sqlite'
import { sqliteError } from '@volact/storage/sqlite-error'
import type { ForkRow } from './fork-warning.ts'

/** A fork with the vendor it is of. */
export interface VendorFork extends ForkRow {
  readonly vendor: string
}

/** How many forks of a vendor a status names. */
const most = 10

/** Reads the latest forks and twins of each vendor, newest first. */
export async function readLatestForks(path: string, vendors: readonly string[]): Promise<readonly VendorFork[]> {
  const db = await openSqliteToRead(path)
  try {
    const latest = db.prepare(`select number, time, act, machine, product, forks.name, other_name from forks
      join vendors on vendors.id = forks.vendor where vendors.name = ? order by number desc limit ${most}`)
    // The columns are those of the table.
    return vendors.flatMap((vendor) => latest.all(vendor).map((row) => ({ ...(row as unknown as ForkRow), vendor })))
  } catch (error) {
    throw sqliteError(error, path)
  } finally {
    db.close()
  }
}
