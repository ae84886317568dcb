// Checks the layers, and fails when the cruiser saw too little: it would then call anything green.
import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'

const sources = globSync('{packages,services,apps}/*/src/**/*.{ts,tsx}')
const options = await extractDepcruiseOptions(resolve('dependency-cruiser.config.mjs'))
const { output } = await cruise(['packages', 'services', 'apps'], options)
const { modules, summary } = output as ICruiseResult
const seen = new Set(modules.map((module) => module.source))
const unseen = sources.filter((source) => !seen.has(source))

for (const { rule, from, to } of summary.violations) process.stderr.write(`${rule.name}: ${from} → ${to}\n`)
for (const source of unseen) process.stderr.write(`not looked at: ${source}\n`)
process.stdout.write(`layers: ${String(sources.length)} files, ${String(summary.error)} errors\n`)
process.exitCode = summary.error > 0 || unseen.length > 0 || sources.length === 0 ? 1 : 0
