// Runs every check and every test, names each with its seconds, and ends with a summary.
// usage: check.ts [--install] [--long]
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { installDebianPackages } from './debian-packages.ts'

interface Step {
  readonly name: string
  /** A script of this repository or of a package, and its arguments. */
  readonly run: readonly [string, ...string[]]
  /** What this step alone has in its environment. */
  readonly env?: Readonly<Record<string, string>>
}

const reports = { core: resolve('.cache', 'tests-of-core.json'), others: resolve('.cache', 'tests.json') }
// ESLint's cache goes by a file's own content and misses a changed type that it imports, so the last word is said without it.
const lintCache = process.env['CI'] === undefined ? ['--cache', '--cache-location', '.cache/eslint/'] : []
/** Steps that need one core each run in two lanes at a time, and the tests, which need all of them, alone afterwards. */
const lanes: readonly (readonly Step[])[] = [
  [
    { name: 'build', run: ['node_modules/typescript/bin/tsc', '-b'] },
    { name: 'format', run: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
    { name: 'sections', run: ['tools/check-sections.ts'] },
    { name: 'docs', run: ['tools/docs.ts'] },
  ],
  [
    { name: 'lint', run: ['node_modules/eslint/bin/eslint.js', '.', ...lintCache] },
    { name: 'layers', run: ['tools/layers.ts'] },
    { name: 'knip', run: ['node_modules/knip/bin/knip.js'] },
  ],
]
/** Counting branches makes code several times as slow, so it is done where the count is wanted: core, by core's own tests. */
const tests: readonly Step[] = [
  {
    name: 'tests of core',
    run: vitest(reports.core, 'packages/core/src/', '--coverage'),
    // V8 counts coverage less exactly in functions that come from the compile cache.
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
  },
  { name: 'tests', run: vitest(reports.others, '--exclude=packages/core/src/**') },
]

const args = process.argv.slice(2)
if (args.includes('--install')) installDebianPackages()
if (args.includes('--long')) process.env['VOLACT_LONG'] = '1'
process.env['VOLACT_SEED'] ??= String(randomInt(1, 2 ** 31))
for (const report of Object.values(reports)) rmSync(report, { force: true })

const running = new Set<ChildProcess>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop(signal))

const begin = performance.now()
const failed: string[] = []
await Promise.all(lanes.map(runLane))
say(`tests (VOLACT_SEED=${process.env['VOLACT_SEED']})`)
for (const step of tests) await runStep(step, 'inherit')
summarize()

function vitest(report: string, ...args: readonly string[]): Step['run'] {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return ['node_modules/vitest/vitest.mjs', 'run', ...args, ...reporters]
}

async function runLane(lane: readonly Step[]): Promise<void> {
  for (const step of lane) await runStep(step, 'pipe')
}

/** What a step of a lane prints is kept until it ends, so that two do not write into each other. */
async function runStep({ name, run: [script, ...rest], env }: Step, output: 'inherit' | 'pipe'): Promise<void> {
  const start = performance.now()
  const child = spawn(process.execPath, [...process.execArgv, script, ...rest], {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  })
  running.add(child)
  const printed: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  running.delete(child)
  process.stdout.write(Buffer.concat(printed))
  say(`${name} ${code === 0 ? 'passed' : 'FAILED'} after ${seconds(start)}`)
  if (code !== 0) failed.push(name)
}

/** Ends as the running steps do, and starts no other. */
async function stop(signal: NodeJS.Signals): Promise<void> {
  const ended = [...running].map((child) => once(child, 'exit'))
  for (const child of running) child.kill(signal)
  await Promise.all(ended)
  process.exit(128 + constants.signals[signal])
}

function summarize(): void {
  const counted = Object.values(reports)
    .filter((report) => existsSync(report))
    .map((report) => JSON.parse(readFileSync(report, 'utf8')) as Counts)
  const sum = (name: keyof Counts): number => counted.reduce((total, counts) => total + counts[name], 0)
  process.stdout.write(
    `tests: ${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${sum('numPendingTests')} skipped\n`,
  )
  const steps = [...lanes.flat(), ...tests]
  const outcome = failed.length === 0 ? `all ${steps.length} steps passed` : `FAILED: ${failed.join(', ')}`
  say(`${outcome}, after ${seconds(begin)}`)
  process.exitCode = failed.length === 0 ? 0 : 1
}

interface Counts {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`
}

function say(text: string): void {
  process.stdout.write(`check: ${text}\n`)
}
