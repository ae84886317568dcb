import type { Catalog } from './catalog.ts'
import { checkReferences } from './check-references.ts'
import { checkTimes } from './check-times.ts'
import { type Problem, take } from './entry.ts'
import { resolveCatalog } from './resolve-catalog.ts'
import { readWrittenCatalog, type WrittenCatalog } from './written-catalog.ts'

export type ParsedCatalog = { readonly catalog: Catalog } | { readonly problems: readonly Problem[] }

/**
 * Reads a catalog from plain data, as YAML or JSON give it, and checks everything that can be checked without the world:
 * keys, types, ranges, names that are used and not defined, intervals that do not go together. All problems are given at
 * once, so that a vendor mends a file in one go.
 */
export function parseCatalog(value: unknown): ParsedCatalog {
  const problems: Problem[] = []
  const written = take(readWrittenCatalog, { value, path: [], problems })
  if (written === undefined) return { problems }
  problems.push(...checkReferences(written), ...checkTimes(written))
  return problems.length > 0 ? { problems } : { catalog: resolveCatalog(written as WrittenCatalog) }
}
