import { ActivationError } from '@volact/core/errors/activation-error'
import type { Flag } from '@volact/host/config/load-config'
import { note } from './output.ts'
import type { Running } from './serve.ts'
import { notifyReady } from './notify-ready.ts'
import { testRootBanner } from './test-root.ts'
import type { World } from './world.ts'

/** What the command line sets of a host for one run. */
export interface ServeFlags {
  readonly listen?: string
  readonly admin?: string
  readonly set?: readonly string[]
}

/** Makes settings of what the command line says. */
export function flagsOf({ listen, admin, set = [] }: ServeFlags): readonly Flag[] {
  return [
    ...set.map(assignment),
    ...(listen === undefined ? [] : [{ key: 'listen', text: listen, where: '--listen' }]),
    ...(admin === undefined ? [] : [{ key: 'admin.listen', text: admin, where: '--admin' }]),
  ]
}

function assignment(text: string): Flag {
  const at = text.indexOf('=')
  if (at < 1) throw new ActivationError('USAGE', `--set takes KEY=VALUE, and not "${text}"`)
  const key = text.slice(0, at)
  return { key, text: text.slice(at + 1), where: `--set ${key}` }
}

/** Starts the host of a folder with its settings and its log. */
export async function startServing(dir: string, flags: readonly Flag[], world: World): Promise<Running> {
  const { startSmall } = await import('@volact/host/start-small')
  return await startSmall(() => startWithLog(dir, flags, world))
}

async function startWithLog(dir: string, flags: readonly Flag[], world: World): Promise<Running> {
  const { startHost } = await import('@volact/host/start-host')
  const { loadConfig } = await import('@volact/host/config/load-config')
  const { HostLogger } = await import('@volact/host/logs/host-logger')
  const { probeHardware } = await import('@volact/client/hardware-probe')
  const settings = () => loadConfig(dir, { env: world.surroundings.env, flags })
  const logger = new HostLogger(settings().config, { now: world.now, err: world.err })
  try {
    const running = await startHost({ dir, settings, now: world.now, probe: probeHardware, log: logger })
    for (const line of testRootBanner(running.status().test)) note(world, line)
    world.onHangup?.(() => {
      // The old settings are served on.
      running.reload().catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error)
        logger.write({ level: 'error', event: 'reload-failed', text })
      })
    })
    notifyReady(world.surroundings.env)
    return {
      address: running.address,
      close: async () => {
        await running.close()
        await logger.close()
      },
    }
  } catch (error) {
    await logger.close()
    throw error
  }
}
