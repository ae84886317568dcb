import { join, resolve } from 'node:path'
import { ESLint } from 'eslint'
import { configs } from 'typescript-eslint'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')

// The rules that need types want the file on the disk; purity does not.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [configs.disableTypeChecked, { languageOptions: { parserOptions: { projectService: false } } }],
})

/** The rules that a text breaks when it stands in a file of this path. */
async function broken(path: string, text: string): Promise<readonly (string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: join(root, path) })
  return (result?.messages ?? []).map(({ ruleId }) => ruleId)
}

const globals = 'no-restricted-globals'
const imports = 'no-restricted-imports'

describe('npm run lint', () => {
  it.each([
    ['export const x = Date.now()', globals],
    ['export const x = new Date()', globals],
    ['export const x = globalThis.Date', globals],
    ['export const x = Math.random()', 'no-restricted-properties'],
    ['const { random } = Math\nexport const x = random()', 'no-restricted-properties'],
    [`export const x = fetch('http://localhost')`, globals],
    ['export const x = process.env', globals],
    ['export const x = performance.now()', globals],
    ['setTimeout(() => undefined, 1)', globals],
    [`console.log('x')`, globals],
    ['export const x = Buffer.alloc(1)', globals],
    ['export const x = crypto.randomUUID()', globals],
    [`import { readFileSync } from 'node:fs'\nexport const x = readFileSync`, imports],
    [`export * from 'fs'`, imports],
    [`import { hash } from 'node:crypto'\nexport const x = hash`, imports],
    [`import { Kysely } from 'kysely'\nexport const x = Kysely`, imports],
    [`export * from '@volact/files/lock'`, imports],
    [`export const x = await import('node:fs')`, 'no-restricted-syntax'],
    ['export const x = import.meta.url', 'no-restricted-syntax'],
    ['export default 1', 'no-restricted-syntax'],
  ])('refuses in core: %s', async (text, rule) => {
    expect(await broken('packages/core/src/planted.ts', `${text}\n`)).toContain(rule)
  })

  it('accepts pure code in core, and the same impure code above it', async () => {
    expect(
      await broken('packages/core/src/planted.ts', `import { a } from './a.ts'\nexport const x = Math.max(a, 1)\n`),
    ).toEqual([])
    expect(await broken('packages/files/src/planted.ts', `export const x = Date.now()\n`)).toEqual([])
  })

  it('lets crypto.ts alone import node:crypto, and nothing else', async () => {
    const path = 'packages/core/src/crypto.ts'
    expect(await broken(path, `import { hash } from 'node:crypto'\nexport const x = hash\n`)).toEqual([])
    expect(await broken(path, `import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n`)).toEqual([
      imports,
    ])
  })
})
