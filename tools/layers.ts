// Checks the layers of the tree in the working folder, and fails when the cruiser saw too little: it would then call anything green.
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'

const folders = ['packages', 'services', 'apps', 'tests', 'tools', 'bench'].filter((folder) => existsSync(folder))
const sources = globSync([
  '{packages,services,apps}/*/src/**/*.{ts,tsx}',
  'tests/**/*.ts',
  'tools/*.ts',
  'bench/**/*.ts',
])
const options = await extractDepcruiseOptions(join(import.meta.dirname, '..', 'dependency-cruiser.config.mjs'))
const { output } = await cruise(folders, options)
const { modules, summary } = output as ICruiseResult
const seen = new Set(modules.map((module) => module.source))
const unseen = sources.filter((source) => !seen.has(source))

for (const { rule, from, to } of summary.violations) process.stderr.write(`${rule.name}: ${from} → ${to}\n`)
for (const source of unseen) process.stderr.write(`not looked at: ${source}\n`)
if (sources.length === 0) process.stderr.write('there is nothing to look at\n')
process.stdout.write(`layers: ${sources.length} files, ${summary.error} errors\n`)
process.exitCode = summary.error > 0 || unseen.length > 0 || sources.length === 0 ? 1 : 0
