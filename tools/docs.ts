// Writes the generated pages with --write; otherwise fails when a committed one differs from what would be written.
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { cliPage } from '../apps/cli/src/cli-page.ts'
import { fromSlmgrPage } from '../apps/cli/src/from-slmgr-page.ts'
import { configPage } from '../services/host/src/config/config-page.ts'
import { errorsPage } from './errors-page.ts'

const pages: Readonly<Record<string, () => string>> = {
  'docs/cli.md': cliPage,
  'docs/configuration.md': configPage,
  'docs/errors.md': errorsPage,
  'docs/from-slmgr.md': fromSlmgrPage,
}

const isWriting = process.argv.includes('--write')
for (const [path, make] of Object.entries(pages)) {
  const page = await format(make(), { ...(await resolveConfig(path)), parser: 'markdown' })
  if (isWriting) writeFileSync(path, page)
  else if (page !== readOrNothing(path)) {
    process.stderr.write(`${path} is not what its source says: run "npm run docs"\n`)
    process.exitCode = 1
  }
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
