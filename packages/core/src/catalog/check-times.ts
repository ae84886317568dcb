import { defaults as builtIn, renewalsPerWindow } from '../licensing/defaults.ts'
import type { Duration } from '../time.ts'
import { present } from './check-references.ts'
import { formatDuration } from './duration.ts'
import type { Draft, Path, Problem } from './entry.ts'
import type { CountTerms, PolicyTerms, WrittenCatalog } from './written-catalog.ts'

/** Terms and where they are written. For a product, levels are listed from its own outwards. */
interface Level {
  readonly path: Path
  readonly terms: Draft<PolicyTerms & CountTerms>
}

/** Finds renewals too rare for their window, each once, where the vendor wrote what does not fit. */
export function checkTimes({ products, families, defaults }: Draft<WrittenCatalog>): readonly Problem[] {
  const outermost = present([defaults]).map(({ item }) => ({ path: ['defaults'], terms: item }))
  const problems = present(products).flatMap(({ item: product, index }) =>
    present(families)
      .filter(({ item: family }) => family.slug === product.family)
      .map(({ item, index: position }) => ({ path: ['families', position], terms: item }))
      .flatMap((family) => rareRenewal([{ path: ['products', index], terms: product }, family, ...outermost])),
  )
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}

/** A machine that misses a renewal or two must still be in the count at the next one. */
function rareRenewal(levels: readonly Level[]): readonly Problem[] {
  const renewal = firstWritten(levels, 'renewalInterval', ({ renewalIntervalSeconds }) => renewalIntervalSeconds)
  const window = firstWritten(levels, 'window', ({ windowSeconds }) => windowSeconds)
  const isForced = levels.find(({ terms }) => terms.force !== undefined)?.terms.force === true
  const every = renewal?.seconds ?? builtIn.renewalIntervalSeconds
  const length = window?.seconds ?? builtIn.windowSeconds
  if (isForced || every * renewalsPerWindow <= length) return []
  const message =
    `a renewalInterval of ${formatDuration(every)} goes less than ${renewalsPerWindow} times into a window of ` +
    `${formatDuration(length)}, so that machines drop out of the count: renew at least every ` +
    `${formatDuration(length / renewalsPerWindow)}, lengthen the window, or write "force: true"`
  // The built-in times fit each other, so at least one of these two is written somewhere.
  return [renewal, window]
    .flatMap((place) => place ?? [])
    .slice(0, 1)
    .map(({ path }) => ({ path, message }))
}

function firstWritten(
  levels: readonly Level[],
  key: string,
  read: (terms: Level['terms']) => Duration | undefined,
): { readonly seconds: Duration; readonly path: Path } | undefined {
  return levels.flatMap(({ path, terms }) => {
    const seconds = read(terms)
    return seconds === undefined ? [] : [{ seconds, path: [...path, key] }]
  })[0]
}
