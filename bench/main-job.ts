// usage: npm run bench [-- main-job] [--json]
// Measures the figures of the main job, each as a whole command as a user starts it, and prints them beside their limits.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'

interface Figure {
  readonly name: string
  readonly args: readonly string[]
  readonly rounds: number
  readonly limitSeconds: number
}

interface Measured extends Figure {
  readonly medianSeconds: number
  readonly fastestSeconds: number
  readonly slowestSeconds: number
}

const command = join(dirname(import.meta.dirname), 'volact')

const figures: readonly Figure[] = [
  { name: 'volact --help', args: ['--help'], rounds: 10, limitSeconds: 0.3 },
  { name: 'volact lab --once (30 machines)', args: ['lab', '--once', '--json'], rounds: 5, limitSeconds: 15 },
  { name: 'volact lab --once --machines 1000', args: manyMachines(1_000), rounds: 3, limitSeconds: 30 },
]

report(figures.map(measure))

function manyMachines(machines: number): readonly string[] {
  return ['lab', '--once', '--json', '--machines', String(machines)]
}

function measure(figure: Figure): Measured {
  const seconds = Array.from({ length: figure.rounds }, () => secondsOf(figure.args)).toSorted((a, b) => a - b)
  const at = (part: number): number => seconds[Math.floor(part * (seconds.length - 1))] ?? NaN
  return { ...figure, medianSeconds: at(0.5), fastestSeconds: at(0), slowestSeconds: at(1) }
}

function secondsOf(args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`volact ${args.join(' ')} ended with ${String(status)}: ${stderr}`)
  return (performance.now() - start) / 1_000
}

function report(rows: readonly Measured[]): void {
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify(rows)}\n`)
    return
  }
  const [cpu] = cpus()
  process.stdout.write(`${String(cpus().length)} × ${cpu?.model ?? 'unknown processor'}, Node ${process.version}\n\n`)
  process.stdout.write('| command | median s | fastest | slowest | limit |\n|---|---|---|---|---|\n')
  for (const { name, medianSeconds, fastestSeconds, slowestSeconds, limitSeconds } of rows) {
    const cells = [medianSeconds, fastestSeconds, slowestSeconds].map((value) => value.toFixed(2))
    process.stdout.write(`| ${[name, ...cells, String(limitSeconds)].join(' | ')} |\n`)
  }
}
