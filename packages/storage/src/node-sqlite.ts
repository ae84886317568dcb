import type * as sqlite from 'node:sqlite'

type NodeSqlite = typeof sqlite

let loaded: Promise<NodeSqlite> | undefined

/**
 * Loads `node:sqlite`. Node 22 warns at its first import; that one warning has no code by which Node could be told to leave it
 * out, so it is caught here, and only until the import is done. Every other warning passes.
 */
export function loadSqlite(): Promise<NodeSqlite> {
  return (loaded ??= importQuietly())
}

async function importQuietly(): Promise<NodeSqlite> {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back, and applied to process
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).startsWith('SQLite is an experimental feature')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return await import('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
