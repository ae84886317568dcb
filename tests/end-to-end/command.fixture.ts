import { noPolicyPlace } from '@volact/client/policy/policy-place'
import { run } from '../../apps/cli/src/run.ts'
import type { World } from '../../apps/cli/src/world.ts'
import type { Ended } from './volact.fixture.ts'

/** Runs a command in this process, all but `main.ts` of the real thing: for the many that end quickly. */
export function command(...args: readonly string[]): Promise<Ended> {
  return commandIn({}, ...args)
}

/** The same in a world that differs. */
export async function commandIn(more: Partial<World>, ...args: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const world: World = {
    command: 'volact',
    out: (text) => (written.stdout += text),
    err: (text) => (written.stderr += text),
    terminal: undefined,
    now: () => Math.floor(Date.now() / 1_000),
    surroundings: { platform: process.platform, env: {}, uid: process.getuid?.() },
    stop: () => new AbortController().signal,
    // No test asks the DNS of the network it runs in, or obeys the policy of the machine it runs on.
    network: () => Promise.resolve({ dhcp: [], searchList: [], hasServers: false }),
    policy: noPolicyPlace,
    debug: false,
    ...more,
  }
  const status = await run(args, world)
  return { status, ...written }
}

/** Runs a command that must succeed, and returns its standard output without the last line end. */
export async function succeed(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await command(...args)
  if (status !== 0) throw new Error(`volact ${args.join(' ')} ended with ${String(status)}: ${stderr}`)
  return stdout.trimEnd()
}
