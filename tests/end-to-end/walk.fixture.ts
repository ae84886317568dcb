import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { clone, type Ended } from './volact.fixture.ts'

/** Runs the block of a page that is walked by hand, the one that makes a folder for it, and puts that folder into another one. */
export function walk(page: string, tmp: string): Ended {
  const [program, ...args] = ownNetwork()
  const env = { ...process.env, TMPDIR: tmp, PATH: `${dirname(process.execPath)}:${String(process.env['PATH'])}` }
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: clone,
    env,
    encoding: 'utf8',
    input: blockOf(page),
  })
  return { status, stdout, stderr }
}

function blockOf(page: string): string {
  const blocks = [...readFileSync(join(clone, page), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)]
  const [block, ...more] = blocks.map(([, text = '']) => text).filter((text) => text.includes('mktemp'))
  if (block === undefined || more.length > 0) throw new Error(`${page} must have one block that makes a folder`)
  return block
}

/**
 * A walk uses the usual ports, so that it gets a network of its own wherever the system gives it one. `timeout` ends not only the
 * shell, but also what it has started in the background.
 */
function ownNetwork(): readonly [string, ...string[]] {
  const shell = ['timeout', '100', 'bash', '-u', '-s'] as const
  const isolated = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'] as const
  const works = spawnSync(isolated[0], [...isolated.slice(1), 'true']).status === 0
  return works ? [...isolated, ...shell] : shell
}
