import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { adminSocket, agentSocket } from '@volact/client/agent/agent-socket'
import { type HardwareProbe, probeHardware } from '@volact/client/hardware-probe'
import type { DriverOptions } from '@volact/client/driver/surroundings'
import type { NetworkProbe } from '@volact/client/discovery/network-facts'
import { openFolderClient } from '@volact/client/open-folder-client'
import type { PolicyPlace } from '@volact/client/policy/policy-place'
import type { TransportLimits } from '@volact/client/transport'
import type { VendorPlace } from '@volact/client/vendors/vendor-place'
import { ActivationError } from '@volact/core/errors/activation-error'
import type { Duration, Instant } from '@volact/core/time'
import { fileError } from '@volact/files/file-error'
import { type FolderLock, lockFolder } from '@volact/files/lock'
import type { AgentLog } from './agent-event.ts'
import { Agent } from './agent.ts'
import type { AgentHealth } from './health.ts'
import { localLimits, type LocalLimits } from './local/limits.ts'
import { rememberedProbe } from './remembered-probe.ts'

export interface StartAgentOptions {
  /** The client's folder of the whole machine. It is made when it is missing, unless `create` is false. */
  readonly dir: string
  readonly create?: boolean
  /** Where the vendors are read; the folder itself, unprotected, where nothing is given (rule 11). */
  readonly vendors?: VendorPlace
  /** The socket of those who ask; that of root lies beside it. */
  readonly socket?: string
  /** The group whose accounts may ask; that of this process where nothing is given. */
  readonly gid?: number
  readonly now: () => Instant
  /** Seconds that have run since some moment, whatever happens to the wall clock. */
  readonly elapsed?: () => Duration
  readonly probe?: HardwareProbe
  readonly transport?: TransportLimits
  /** Where the domains of this machine are read, in which hosts are looked for. */
  readonly network?: NetworkProbe
  /** Where the administrator's policy lies; the system's own place but in tests. */
  readonly policy?: PolicyPlace
  readonly driver?: DriverOptions
  readonly limits?: Partial<LocalLimits>
  readonly log?: AgentLog
}

/** An agent that serves. */
export interface RunningAgent {
  /** The path of the socket of those who ask. */
  readonly address: string
  /** The path of root's. */
  readonly admin: string
  /** Reads vendors and policy again; what was wrong with them is thrown, and the old ones stay. */
  reload(): Promise<void>
  health(): AgentHealth
  /** Answers what was asked, and gives folder and sockets free. */
  close(): Promise<void>
}

/**
 * Serves all products of a machine from one folder. `FOLDER_IN_USE` when another agent serves the folder or listens on the socket,
 * `VENDORS_UNPROTECTED`, or what is wrong with the folder.
 */
export async function startAgent(options: StartAgentOptions): Promise<RunningAgent> {
  const { dir, now, elapsed = monotonic, transport, create, vendors, network, policy } = options
  const { driver = {}, log = () => undefined } = options
  const surroundings = {
    ...{ dir, now, monotonic: elapsed, probe: rememberedProbe(options.probe ?? probeHardware, elapsed) },
    ...(transport && { limits: transport }),
    ...(create !== undefined && { create }),
    ...(vendors && { vendors }),
    ...(network && { network }),
    ...(policy && { policy }),
  }
  const client = await openFolderClient(surroundings)
  const lock = lockForAgent(dir)
  const socket = options.socket ?? agentSocket({ platform: process.platform, uid: process.getuid?.() }, dir)
  const agent = new Agent(client, {
    ...{ elapsed, log, driver, dir, socket, admin: adminSocket(socket), limits: { ...localLimits, ...options.limits } },
    ...(options.gid !== undefined && { gid: options.gid }),
    open: () => openFolderClient({ ...surroundings, create: false }),
  })
  try {
    await agent.start()
  } catch (error) {
    await agent.end()
    lock.release()
    throw error
  }
  return {
    address: socket,
    admin: adminSocket(socket),
    reload: async () => {
      await agent.reload()
    },
    health: () => agent.health(),
    close: async () => {
      await agent.close()
      lock.release()
    },
  }
}

/**
 * The agent does not keep the folder's own lock, but takes it as every activation does: so commands work on the folder beside it.
 * Its own lock only keeps a second agent away.
 */
function lockForAgent(dir: string): FolderLock {
  const folder = join(dir, 'agent')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return lockFolder(folder)
  } catch (error) {
    if (!(error instanceof ActivationError) || error.code !== 'FOLDER_IN_USE') throw fileError(error, 'write', folder)
    const { pid } = error.data
    const message = `another agent serves ${dir} already, process ${String(pid)}: stop that one first`
    throw new ActivationError('FOLDER_IN_USE', message, { data: error.data, cause: error })
  }
}

function monotonic(): Duration {
  return performance.now() / 1_000
}
