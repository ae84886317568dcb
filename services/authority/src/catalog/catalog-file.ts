import { decodeUtf8 } from '@volact/core/bytes'
import type { Catalog } from '@volact/core/catalog/catalog'
import { formatPath } from '@volact/core/catalog/entry'
import { parseCatalog } from '@volact/core/catalog/parse-catalog'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readLimited } from '@volact/files/read-limited'
import { type Position, readYaml } from './yaml-source.ts'

/** One mistake in a catalog file. `path` is written as people do, and empty where the text is no YAML. */
export interface FileProblem extends Position {
  readonly path: string
  readonly message: string
}

/** The largest catalog file, in bytes. */
export const maxCatalogBytes = 1_048_576

/** Problems that a message lists; the error's data has them all. */
const mostListed = 100

/**
 * Reads a vendor's catalog from a YAML file. `CATALOG_INVALID` lists every mistake with line and column, and has them in
 * its data as `problems`; a file that cannot be read has the code that says why.
 */
export function readCatalogFile(path: string): Catalog {
  const text = decodeUtf8(readLimited(path, maxCatalogBytes, 'the catalog'))
  if (text === undefined) throw new ActivationError('CATALOG_INVALID', `${path} is not UTF-8 text: save it as UTF-8`)
  return parseCatalogText(text, path)
}

/** Reads a catalog from YAML text; `name` is what messages call the file. */
export function parseCatalogText(text: string, name: string): Catalog {
  const { content, problems, locate } = readYaml(text)
  const parsed = content === undefined ? { problems: [] } : parseCatalog(content.value)
  if ('catalog' in parsed && problems.length === 0) return parsed.catalog
  const mistakes = 'catalog' in parsed ? [] : parsed.problems
  throw invalid(name, [
    ...problems.map((problem) => ({ ...problem, path: '' })),
    ...mistakes.map(({ path, message }) => ({ ...locate(path), path: formatPath(path), message })),
  ])
}

function invalid(name: string, unsorted: readonly FileProblem[]): ActivationError {
  const problems = unsorted.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  const lines = problems.slice(0, mostListed).map(({ line, column, path, message }) => {
    return `${name}:${line}:${column}  ${path === '' ? message : `${path}  ${message}`}`
  })
  const more = problems.length > mostListed ? [`and ${problems.length - mostListed} more`] : []
  const message = [`the catalog has ${count}:`, ...lines, ...more].join('\n')
  return new ActivationError('CATALOG_INVALID', message, { data: { problems } })
}
