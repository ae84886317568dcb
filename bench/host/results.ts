import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { repositoryFolder } from './cache.ts'
import { type Figure, type Goal, isReached } from './figure.ts'
import type { Spread } from './spread.ts'
import type { Surroundings } from './surroundings.ts'

/** One figure as `--json` has it. */
interface Result {
  readonly median: number
  readonly spread: Spread
  readonly unit: Figure['unit']
  readonly goal?: Goal
  readonly reached?: boolean
  readonly measured: object
}

/** All figures by their names, and on what they were measured. */
export type Results = { readonly about: Surroundings } & Readonly<Record<string, Result | Surroundings>>

/** Gathers the figures. */
export function resultsOf(figures: readonly Figure[], about: Surroundings): Results {
  return { about, ...Object.fromEntries(figures.map((figure) => [figure.name, resultOf(figure)])) }
}

function resultOf(figure: Figure): Result {
  const { value, unit, goal, measured } = figure
  const reached = isReached(figure)
  return {
    ...{ median: value.median, spread: value, unit, measured },
    ...(goal && { goal }),
    ...(reached !== undefined && { reached }),
  }
}

/** Writes the results of a whole run into the repository, and names the file. */
export function keepResults(results: Results): string {
  const folder = join(repositoryFolder, 'bench', 'results')
  mkdirSync(folder, { recursive: true })
  const { date, quick } = results.about
  const path = join(folder, `host-${date}-${hostname()}${quick ? '-quick' : ''}.json`)
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`)
  return path
}
