import { join } from 'node:path'

/** Where things lie in a client's folder. */
export interface ClientFiles {
  readonly dir: string
  readonly deviceKey: string
  /** Installed keys, the host, and which ledgers are known. */
  readonly settings: string
  readonly times: string
  readonly hardware: string
  readonly vendors: string
  readonly licenses: string
  readonly pending: string
  readonly checkpoints: string
}

/** Names the files of a client's folder. */
export function clientFiles(dir: string): ClientFiles {
  return {
    dir,
    deviceKey: join(dir, 'device.key'),
    settings: join(dir, 'client.json'),
    times: join(dir, 'times.json'),
    hardware: join(dir, 'hardware.json'),
    vendors: join(dir, 'vendors'),
    licenses: join(dir, 'licenses'),
    pending: join(dir, 'pending'),
    checkpoints: join(dir, 'checkpoints'),
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
  times: 262_144,
  hardware: 65_536,
  lease: 32_768,
  pending: 8_192,
  checkpoint: 4_096,
  roots: 65_536,
  record: 4_096,
  pack: 4_194_304,
} as const
