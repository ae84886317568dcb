import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@volact/testkit/temporary-folder'
import { describe, expect, it } from 'vitest'
import { clone } from './volact.fixture.ts'

/** The block of the README that is walked by hand: the one that makes a folder for it. */
function walk(): string {
  const blocks = [...readFileSync(join(clone, 'README.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)]
  const found = blocks.map(([, block = '']) => block).filter((block) => block.includes('mktemp'))
  expect(found).toHaveLength(1)
  return found[0] ?? ''
}

/**
 * The walk uses the usual ports, so that it gets a network of its own wherever the system gives it one. `timeout` ends not only the
 * shell, but also what it has started in the background.
 */
function ownNetwork(): readonly [string, ...string[]] {
  const shell = ['timeout', '100', 'bash', '-u', '-s'] as const
  const isolated = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'] as const
  const works = spawnSync(isolated[0], [...isolated.slice(1), 'true']).status === 0
  return works ? [...isolated, ...shell] : shell
}

describe('the walk by hand in the README', () => {
  it('refuses two machines with count and threshold, licenses the third, and then the first two', () => {
    const [program, ...args] = ownNetwork()
    const options = {
      cwd: clone,
      env: { ...process.env, TMPDIR: temporaryFolder() },
      encoding: 'utf8',
    } as const
    const { stdout, stderr } = spawnSync(program, args, { ...options, input: walk() })
    expect(stderr).toContain('has seen 1 of the 3 machines')
    expect(stderr).toContain('has seen 2 of the 3 machines')
    expect(stdout.match(/is licensed until/g)).toHaveLength(3)
    expect(stdout).toMatch(/^Notes +3 +3 /m)
    expect(stdout).toContain('lease-file, verified')
    expect(stdout).toContain('host.pem: OK')
  }, 120_000)
})
