// usage: npm run bench [-- NAME] [--json]
// Runs one of the benchmarks in this folder; the main job where none is named.
const benchmarks: Readonly<Record<string, () => Promise<unknown>>> = {
  'main-job': () => import('./main-job.ts'),
  client: () => import('./client.ts'),
  agent: () => import('./agent.ts'),
  host: () => import('./host.ts'),
  sizing: () => import('./host/sizing.ts'),
}

const [name = 'main-job'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const run = benchmarks[name]
if (run === undefined) {
  process.stderr.write(`bench: "${name}" is none of ${Object.keys(benchmarks).join(', ')}\n`)
  process.exitCode = 2
} else {
  await run()
}
