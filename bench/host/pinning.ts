import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The cores of a run: one for the server and another for what drives it, or neither where that cannot be had. */
export interface Cores {
  readonly server: number | undefined
  readonly generator: number | undefined
}

/** Chooses the cores. */
export function chooseCores(): Cores {
  const canPin = spawnSync('taskset', ['-c', '1', 'true'], { stdio: 'ignore' }).status === 0
  return canPin && availableParallelism() > 1
    ? { server: 0, generator: 1 }
    : { server: undefined, generator: undefined }
}

/** Says how server and generator share the machine. */
export function describeCores({ server, generator }: Cores): string {
  if (server === undefined || generator === undefined)
    return 'server and generator share all cores: there is no taskset here, or only one core'
  return `server on core ${String(server)}, generator on core ${String(generator)}`
}

/** Gives command and arguments that start a program on a core. */
export function pinned(
  core: number | undefined,
  command: string,
  args: readonly string[],
): readonly [command: string, args: readonly string[]] {
  return core === undefined ? [command, args] : ['taskset', ['-c', String(core), command, ...args]]
}
