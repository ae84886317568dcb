import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes an empty folder that is removed when the running test ends, and returns its real path. */
export function temporaryFolder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'volact-test-')))
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true })
  })
  return path
}
