import type { Command } from 'commander'
import { vendorPlaceOf } from '../open-client.ts'
import { type FolderOptions, folderOf, withFolder } from '../options.ts'
import { type Running, serveUntilStopped } from '../serve.ts'
import type { Shell } from '../shell.ts'
import type { World } from '../world.ts'

interface AgentOptions extends FolderOptions {
  readonly socket?: string
  readonly group?: string
}

/** Adds `volact client agent`. */
export function addAgentCommand(client: Command, shell: Shell): void {
  withFolder(client.command('agent'), 'client')
    .description(
      'serve all products of this machine through a socket, until Ctrl-C; SIGHUP reads vendors and policy again',
    )
    .option('--socket <path>', 'socket to listen on; that of root lies beside it')
    .option('--group <group>', 'group whose accounts may ask for licenses; only root where none is given')
    .action(async (options: AgentOptions) => {
      await serveUntilStopped(shell, options, () => start(options, shell.world))
    })
}

async function start({ socket, group, ...options }: AgentOptions, world: World): Promise<Running> {
  saveMemory()
  const { startAgent } = await import('@volact/agent/start-agent')
  const { groupId } = await import('@volact/agent/group-id')
  const { logLine } = await import('@volact/agent/log-line')
  const agent = await startAgent({
    dir: folderOf('client', options, world),
    create: options.dir === undefined,
    vendors: await vendorPlaceOf(options, world),
    now: world.now,
    ...(world.policy && { policy: world.policy }),
    ...(world.network && { network: world.network }),
    log: (event) => {
      world.err(logLine(world.now(), event))
    },
    ...(socket !== undefined && { socket }),
    ...(group !== undefined && { gid: groupId(group) }),
  })
  world.onHangup?.(() => {
    // What is wrong stands in the log, and the old state is served on.
    agent.reload().catch(() => undefined)
  })
  return agent
}

/**
 * An agent waits for most of its life on machines that have better use for their memory. Without compilers that optimize it takes a
 * fifth less, and no longer for an answer (bench/agent.ts).
 */
function saveMemory(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  for (const flag of ['--no-opt', '--no-maglev', '--optimize-for-size']) setFlagsFromString(flag)
}
