import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '@volact/files/file-error'

/** The files in which a kernel describes its machine. Each is optional: nothing that cannot be read stops a probe. */
export interface SystemFiles {
  /** The text of a file without white space and zero bytes around it. */
  readonly text: (path: string) => string | undefined
  /** The names in a folder, sorted; none when there is no such folder. */
  readonly names: (path: string) => readonly string[]
  /** Where a link leads to, from the same root. */
  readonly target: (path: string) => string | undefined
  readonly exists: (path: string) => boolean
}

/** Opens the files below a folder; `/` but in tests. */
export function systemFiles(root: string): SystemFiles {
  const base = realpathSync(root).replace(/\/$/, '')
  const attempt = <T>(run: () => T): T | undefined => {
    try {
      return run()
    } catch (error) {
      if (systemCode(error) === undefined) throw error
      return undefined
    }
  }
  const target = (path: string): string | undefined => attempt(() => realpathSync(join(base, path)).slice(base.length))
  return {
    text: (path) => attempt(() => plain(readFileSync(join(base, path), 'latin1'))),
    names: (path) => attempt(() => readdirSync(join(base, path)).sort()) ?? [],
    target,
    exists: (path) => target(path) !== undefined,
  }
}

function plain(text: string): string {
  return text.replaceAll('\0', '').trim()
}
