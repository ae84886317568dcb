import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')
const bootstrap = resolve(root, 'tools', 'bootstrap.mjs')

describe('the bootstrap', () => {
  it('is the way of every script', () => {
    const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const source = readFileSync(bootstrap, 'utf8')
    for (const [name, command] of Object.entries(scripts)) {
      const program = name === 'start' ? 'volact lab' : name
      expect(command).toBe(`exec node tools/bootstrap.mjs ${program}`)
      expect(source).toMatch(new RegExp(`^  '?${program.split(' ')[0] ?? ''}'?: \\[`, 'm'))
    }
  })

  it.each(['', 'nonsense', 'toString'])('calls %j wrong usage and lists what there is', (name) => {
    const { status, stderr } = spawnSync(process.execPath, [bootstrap, name], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toContain('volact, test,')
  })

  it('ends with status 4 and a sentence where it cannot install', () => {
    const copy = temporaryFolder()
    mkdirSync(join(copy, 'tools'))
    copyFileSync(bootstrap, join(copy, 'tools', 'bootstrap.mjs'))
    const { status, stderr } = spawnSync(process.execPath, [join(copy, 'tools', 'bootstrap.mjs'), 'check'], {
      encoding: 'utf8',
      env: { PATH: '/nowhere' },
    })
    expect(stderr).toBe('volact: installing packages …\nvolact: npm ci failed (spawnSync npm ENOENT).\n')
    expect(status).toBe(4)
    expect(existsSync(join(copy, '.installing'))).toBe(false)
  })
})
