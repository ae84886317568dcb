// A registry mirror may lack a platform's binary: the lock file is then made without a word, and `npm ci` refuses it (EUSAGE).
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const missing = Object.entries(packages).flatMap(([at, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !packages[`${at}/node_modules/${name}`] && !packages[`node_modules/${name}`])
    .map((name) => `${at} → ${name}`),
)
for (const line of missing) console.error(`package-lock.json lacks ${line}`)
process.exitCode = missing.length === 0 ? 0 : 1
