import { posix, win32 } from 'node:path'
import type { Surroundings } from '@volact/files/default-folder'

/** The socket of the agent that serves the whole machine: where products look for it. */
export function machineSocket(platform: NodeJS.Platform): string {
  if (platform === 'win32') return win32.join('\\\\.\\pipe', 'volact-agent')
  return posix.join(platform === 'darwin' ? '/var/run' : '/run', 'volact', 'agent.sock')
}

/** Where an agent listens when nobody names a socket: for the machine when it may, else in its own folder. */
export function agentSocket({ platform, uid }: Pick<Surroundings, 'platform' | 'uid'>, dir: string): string {
  return platform === 'win32' || uid === 0 ? machineSocket(platform) : posix.join(dir, 'agent.sock')
}

/** The socket beside it through which root changes things. */
export function adminSocket(socket: string): string {
  return `${socket.replace(/\.sock$/, '')}-admin${socket.endsWith('.sock') ? '.sock' : ''}`
}
