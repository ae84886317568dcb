import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache.ts'

/** Where hosts write their CPU profiles. */
const profileFolder = join(cacheFolder, 'profiles')

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Flags of Node that write a profile when the process ends. */
export function profileFlags(): readonly string[] {
  mkdirSync(profileFolder, { recursive: true })
  return ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${profileFolder}`]
}

/** Sums up the newest profile: the functions that took the most time themselves, in percent of what was not idle. */
export function newestProfile(count = 40): string {
  const newest = readdirSync(profileFolder).toSorted(byTime).at(-1)
  if (newest === undefined) return 'there is no profile'
  const path = join(profileFolder, newest)
  const spent = selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile)
  const busy = [...spent].filter(([name]) => name !== '(idle) :0')
  const total = busy.reduce((sum, [, micros]) => sum + micros, 0)
  const top = busy.toSorted(([, a], [, b]) => b - a).slice(0, count)
  const lines = top.map(([name, micros]) => `${((100 * micros) / total).toFixed(1).padStart(5)} %  ${name}`)
  return [`${path}: ${(total / 1e6).toFixed(2)} s busy`, ...lines].join('\n')
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName === '' ? '(anonymous)' : functionName} ${url.split('/').slice(-3).join('/')}:${String(lineNumber + 1)}`,
    ]),
  )
  const spent = new Map<string, number>()
  for (const [position, id] of samples.entries()) {
    const name = names.get(id) ?? '(unknown)'
    spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[position] ?? 0))
  }
  return spent
}

/** The name begins with date and time: CPU.20260101.120000.…. */
function byTime(a: string, b: string): number {
  return a < b ? -1 : 1
}
