// Lets the tools correct what they can correct by themselves.
import { spawnSync } from 'node:child_process'

const programs: readonly (readonly string[])[] = [
  ['node_modules/eslint/bin/eslint.js', '--fix', '.'],
  ['tools/docs.ts', '--write'],
  ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level=warn', '.'],
]

for (const program of programs) {
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...program], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
