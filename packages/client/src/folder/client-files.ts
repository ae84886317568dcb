import { join } from 'node:path'

/** Where things lie in a client's folder. */
export interface ClientFiles {
  readonly dir: string
  readonly deviceKey: string
  /** Which hardware the device key belongs to. */
  readonly seal: string
  /** Installed keys, the host, and which ledgers are known. */
  readonly settings: string
  /** Where to look for hosts. */
  readonly hosts: string
  /** What was learned of time and of each license. */
  readonly memory: string
  readonly hardware: string
  readonly vendors: string
  readonly licenses: string
  readonly pending: string
  readonly checkpoints: string
  /** Who has it locked is talking to a host. */
  readonly talking: string
}

/** Names the files of a client's folder. */
export function clientFiles(dir: string): ClientFiles {
  return {
    dir,
    deviceKey: join(dir, 'device.key'),
    seal: join(dir, 'seal'),
    settings: join(dir, 'client.json'),
    hosts: join(dir, 'hosts.json'),
    memory: join(dir, 'memory.json'),
    hardware: join(dir, 'hardware.json'),
    vendors: join(dir, 'vendors'),
    licenses: join(dir, 'licenses'),
    pending: join(dir, 'pending'),
    checkpoints: join(dir, 'checkpoints'),
    talking: join(dir, 'talking'),
  }
}

/** Names the lease of a product, by its activation ID. */
export function leaseFile({ licenses }: ClientFiles, activationId: string): string {
  return join(licenses, `${activationId}.lease`)
}

/** Names the open request for a product, by its activation ID. */
export function pendingFile({ pending }: ClientFiles, activationId: string): string {
  return join(pending, `${activationId}.cbor`)
}

/** Names the checkpoint of a ledger, by the hexadecimal digits of its log ID. */
export function checkpointFile({ checkpoints }: ClientFiles, logId: string): string {
  return join(checkpoints, `${logId}.cose`)
}

/** The most bytes that each file may have. */
export const fileLimits = {
  deviceKey: 4_096,
  settings: 262_144,
  hosts: 262_144,
  seal: 4_096,
  memory: 262_144,
  hardware: 65_536,
  lease: 32_768,
  pending: 8_192,
  checkpoint: 4_096,
  roots: 65_536,
  record: 4_096,
  pack: 4_194_304,
} as const
