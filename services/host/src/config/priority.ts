import { constants, setPriority } from 'node:os'
import type { HostConfig } from './host-config.ts'

/**
 * Sets the priority of this process among the programs of its machine. Says why where the system does not let it: going back to
 * normal takes the rights of an administrator on Unix.
 */
export function applyPriority(priority: HostConfig['priority']): string | undefined {
  const { PRIORITY_LOW, PRIORITY_NORMAL } = constants.priority
  try {
    setPriority(priority === 'low' ? PRIORITY_LOW : PRIORITY_NORMAL)
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `the priority of the host stays as it is, and is ${priority} after a restart: ${why}`
  }
}
