import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'

const layers = resolve(import.meta.dirname, '..', '..', 'tools', 'layers.ts')

interface Outcome {
  readonly status: number | null
  readonly lines: readonly string[]
}

/** Plants a small tree of sources and runs the real check with the real rules on it. */
function check(files: Readonly<Record<string, string>>): Outcome {
  const root = temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const node = ['--disable-warning=ExperimentalWarning', layers]
  const { status, stdout, stderr } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' })
  return { status, lines: (stderr + stdout).trimEnd().split('\n').toSorted() }
}

const leaf = 'export const one = 1\n'
const reExport = (path: string): string => `export * from '${path}'\n`

const healthy = {
  'packages/core/src/a.ts': leaf,
  'packages/core/src/crypto.ts': `import 'node:crypto'\n`,
  'packages/files/src/a.ts': reExport('../../core/src/a.ts'),
  'packages/testkit/src/a.ts': leaf,
  'packages/ledger/src/a.ts': reExport('../../files/src/a.ts'),
  'packages/ledger/src/a.test.ts': reExport('../../testkit/src/a.ts'),
  'packages/client/src/a.ts': reExport('../../core/src/a.ts'),
  'services/host/src/a.ts': reExport('../../../packages/ledger/src/a.ts'),
  'services/authority/src/a.ts': leaf,
  'services/lab/src/a.ts': reExport('../../host/src/a.ts'),
  'apps/cli/src/a.ts': reExport('../../../services/lab/src/a.ts'),
}

/** Each file breaks rules, and the lines that must say so. */
const planted: Readonly<Record<string, readonly [content: string, ...lines: string[]]>> = {
  'packages/core/src/disk.ts': [`import 'node:fs'\n`, 'core-alone: … → fs', 'core-crypto: … → fs'],
  'packages/core/src/late.ts': [`await import('node:fs')\n`, 'core-alone: … → fs', 'core-crypto: … → fs'],
  'packages/core/src/hash.ts': [`import 'node:crypto'\n`, 'core-crypto: … → crypto'],
  'packages/core/src/up.ts': [
    reExport('../../ledger/src/a.ts'),
    'core-alone: … → packages/ledger/src/a.ts',
    'no-siblings: … → packages/ledger/src/a.ts',
  ],
  'packages/ledger/src/up.ts': [
    reExport('../../../services/host/src/a.ts'),
    'packages-look-down: … → services/host/src/a.ts',
  ],
  'services/host/src/up.ts': [reExport('../../../apps/cli/src/a.ts'), 'services-look-down: … → apps/cli/src/a.ts'],
  'packages/ledger/src/beside.ts': [reExport('../../client/src/a.ts'), 'no-siblings: … → packages/client/src/a.ts'],
  'services/host/src/beside.ts': [reExport('../../authority/src/a.ts'), 'no-siblings: … → services/authority/src/a.ts'],
  'packages/files/src/up.ts': [
    reExport('../../ledger/src/a.ts'),
    'files-on-core: … → packages/ledger/src/a.ts',
    'no-siblings: … → packages/ledger/src/a.ts',
  ],
  'packages/ledger/src/kit.ts': [reExport('../../testkit/src/a.ts'), 'tests-only: … → packages/testkit/src/a.ts'],
  'packages/ledger/src/gone.ts': [`import './missing.ts'\n`, 'no-unresolved: … → ./missing.ts'],
  'packages/ledger/src/self.ts': [
    `import { one } from './self.ts'\nexport const two = one\n`,
    'no-circular: … → packages/ledger/src/self.ts',
  ],
  'packages/client/src/foreign.ts': [`import 'foreign'\n`, 'nothing-foreign: … → node_modules/foreign/index.js'],
  'packages/ledger/src/foreign.ts': [`import 'foreign'\n`, 'declared: … → node_modules/foreign/index.js'],
}

const foreign = {
  'packages/client/package.json': '{"name":"client","dependencies":{"foreign":"1.0.0"}}',
  'packages/ledger/package.json': '{"name":"ledger"}',
  'node_modules/foreign/package.json': '{"name":"foreign","version":"1.0.0","main":"index.js"}',
  'node_modules/foreign/index.js': '',
}

describe('npm run layers', () => {
  it('is green for a tree that only looks down, for a lab that runs its siblings, and for a test with the test kit', () => {
    expect(check(healthy)).toEqual({ status: 0, lines: ['layers: 11 files, 0 errors'] })
  })

  it('is red for every planted violation, and for nothing else', () => {
    const contents = Object.fromEntries(Object.entries(planted).map(([path, [content]]) => [path, content]))
    const { status, lines } = check({ ...healthy, ...foreign, ...contents })
    const expected = Object.entries(planted).flatMap(([path, [, ...told]]) =>
      told.map((line) => line.replace('…', path)),
    )
    const summary = `layers: ${Object.keys({ ...healthy, ...planted }).length} files, ${expected.length} errors`
    expect(lines).toEqual([...expected, summary].toSorted())
    expect(status).toBe(1)
  })

  it('is red when there is nothing to look at', () => {
    expect(check({}).status).toBe(1)
  })
})
