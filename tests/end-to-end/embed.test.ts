import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRoot } from '@volact/core/document/certificates.fixture'
import { extensionOids } from '@volact/core/x509/oids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clone, type Ended } from './volact.fixture.ts'
import { walk } from './walk.fixture.ts'

const place = { tmp: '', sketch: '' }
let walked: Ended

beforeAll(() => {
  place.tmp = realpathSync(mkdtempSync(join(tmpdir(), 'volact-test-')))
  walked = walk('docs/embedding.md', place.tmp)
  const [demo = ''] = readdirSync(place.tmp).filter((name) => name.startsWith('tmp.'))
  place.sketch = join(place.tmp, demo, 'sketch')
}, 120_000)

afterAll(() => {
  rmSync(place.tmp, { recursive: true })
})

/** Runs a program beside the example, with the packages that are installed there. */
function program(text: string, ...args: readonly string[]): Ended {
  const path = join(place.sketch, 'program.ts')
  writeFileSync(
    path,
    `import { readFileSync } from 'node:fs'\nimport { openClient, vendorFromPack } from '@volact/client'\n${text}`,
  )
  const options = { encoding: 'utf8', cwd: place.sketch, timeout: 30_000 } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], options)
  return { status, stdout, stderr }
}

const vendor = `const vendor = vendorFromPack(readFileSync('vendor.pack'), readFileSync('root.pem'))`

describe('a product that embeds Volact, as docs/embedding.md builds it', () => {
  it('says on a fresh machine that it is not activated yet, and is licensed once there is a host', () => {
    const said = walked.stdout.split('\n').filter((line) => /^(Sketch|Features|\w+: )/.test(line))
    const grace = expect.stringMatching(/^Sketch 1 is not activated yet and has time for it until /) as string
    expect(said).toEqual([
      ...[grace, 'Features: draw, export.', 'draw: done.'],
      ...[grace, 'Features: draw, export.'],
      expect.stringMatching(/^Sketch 1 is licensed until \d{4}-.*; it is renewed on \d{4}-/) as string,
      ...['Features: draw, export.', 'export: done.', 'fly: not in your license.'],
    ])
  })

  it.each([
    ['docs/embedding.md', 'sketch.ts'],
    ['docs/hardening.md', 'second-check.ts'],
  ])('is shown word for word in %s: %s', (shownOn, name) => {
    const [, indent = '', shown = ''] =
      /^( *)```ts\n(.*?)^ *```$/ms.exec(readFileSync(join(clone, shownOn), 'utf8')) ?? []
    const unindented = shown.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    expect(unindented).toBe(readFileSync(join(clone, 'examples', 'embed', name), 'utf8'))
  })

  it('checks the signed lease a second time, and unlocks what stands in it and nothing else', () => {
    const { stdout, stderr } = program(`
      import { isUnlocked } from './second-check.ts'
      ${vendor}
      const client = await openClient({ vendors: [vendor], dir: '../licenses' })
      const fresh = await openClient({ vendors: [vendor], dir: '../fresh', setupKey: 'GPHF4-H67VY-6HRKK-HMX7P-M6CPQ' })
      console.log(['export', 'fly'].map((feature) => isUnlocked(client, vendor, feature)).join(), isUnlocked(fresh, vendor, 'export'))
    `)
    expect({ stdout, stderr }).toEqual({ stdout: 'true,false false\n', stderr: '' })
  })

  it('may end while its client runs: no timer keeps it', () => {
    const { status, stdout } = program(`
      ${vendor}
      const client = await openClient({ vendors: [vendor], dir: '../licenses' })
      client.watch(() => undefined)
      console.log(client.start().next?.kind, client.license().state)
    `)
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'attempt licensed\n' })
  })
})

describe('the packages as they are published', () => {
  it('need nothing of anybody else, and bring no tests along', () => {
    const modules = join(place.sketch, 'node_modules')
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['@volact'])
    expect(readdirSync(join(modules, '@volact'))).toEqual(['client', 'core', 'files'])
    const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    expect(files).toContain(join('@volact', 'client', 'dist', 'index.d.ts'))
    expect(files.filter((name) => /\.(test|fixture)\./.test(name))).toEqual([])
  })

  it('refuse a root for tests, and take it only where the program’s own code says so, under a banner (rule 11)', () => {
    const { der } = makeRoot({ extensions: [[extensionOids.testRoot, Uint8Array.of(5, 0)]] })
    writeFileSync(join(place.sketch, 'test-root.der'), der)
    const text = (more: string): string => `
      const { policy } = vendorFromPack(readFileSync('vendor.pack'), readFileSync('root.pem'))
      const vendor = { roots: [readFileSync('test-root.der')], policy }
      const client = await openClient({ vendors: [vendor], dir: '../tests' ${more} })
      console.log(client.license().test)
    `
    expect(program(text(''))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is a root for tests') as string,
    })
    expect(program(text(', allowTestRoots: true'))).toEqual({
      ...{ status: 0, stdout: 'true\n' },
      stderr: expect.stringContaining('TEST ROOT') as string,
    })
  })
})
