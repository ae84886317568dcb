// usage: npm run bench -- host [--quick] [--only FIGURE[,FIGURE]] [--seconds N] [--rounds N] [--machines N] [--profile] [--no-echo] [--no-build] [--json]
// Measures a real host beside a bare echo, and prints the table of goals; bench/README.md explains the figures.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './host/bench.ts'
import { cacheFolder, repositoryFolder } from './host/cache.ts'
import { describeCeiling } from './host/ceiling.ts'
import type { Figure } from './host/figure.ts'
import { type BenchOptions, readOptions, usage } from './host/options.ts'
import { chooseCores, describeCores } from './host/pinning.ts'
import { prepare } from './host/prepare.ts'
import { newestProfile } from './host/profile.ts'
import { keepResults, resultsOf } from './host/results.ts'
import { type Row, rows } from './host/rows.ts'
import { surroundingsOf } from './host/surroundings.ts'
import { tableOf } from './host/table.ts'

const words = process.argv.slice(2).filter((word) => word !== 'host')
try {
  await main(readOptions(words))
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
  process.exitCode = 4
}

async function main(options: BenchOptions): Promise<void> {
  const chosen = chooseRows(options)
  if (options.build) build()
  const cores = chooseCores()
  say(describeCores(cores))
  mkdirSync(cacheFolder, { recursive: true })
  const bench: Bench = { options, cores, prepared: await prepare(options.machines, say), say }
  const about = surroundingsOf(options, cores, options.echo ? [await describeCeiling(bench)] : [])
  const figures: Figure[] = []
  for (const { measure } of chosen) {
    figures.push(...(await measure(bench)))
    if (options.profile) say(newestProfile())
  }
  const results = resultsOf(figures, about)
  process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : `${tableOf(figures, about)}\n`)
  if (chosen.length === rows.length && options.echo && !options.profile) say(`written to ${keepResults(results)}`)
}

function chooseRows({ only }: BenchOptions): readonly Row[] {
  const names = rows.flatMap((row) => row.names)
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${names.join(', ')}`)
  return only.length === 0 ? rows : rows.filter((row) => row.names.some((name) => only.includes(name)))
}

/** The host is measured as it is installed: built, not with its types stripped at each start. */
function build(): void {
  say('building …')
  const tsc = join(repositoryFolder, 'node_modules', 'typescript', 'bin', 'tsc')
  const stdio = ['ignore', 2, 2] as const
  const { status } = spawnSync(process.execPath, [tsc, '-b', 'services/host'], {
    cwd: repositoryFolder,
    stdio: [...stdio],
  })
  if (status !== 0) throw new Error('the build failed; with --no-build what lies in the dist folders is measured')
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
