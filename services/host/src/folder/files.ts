import { join } from 'node:path'

/** The files of a host's folder that belong to no vendor. */
export interface HostFiles {
  readonly record: string
  /** Ed25519, for signed notes (rule 30). */
  readonly noteKey: string
  readonly vendors: string
  readonly index: string
}

/** The files of one vendor in a host's folder. */
export interface VendorFiles {
  readonly dir: string
  readonly pack: string
  /** The root that was pinned with the first pack (rule 48). */
  readonly root: string
  readonly record: string
  readonly hostKey: string
  /** The pools of ephemeral machines, with their secrets (rule 38). */
  readonly pools: string
  readonly signingKey: string
  readonly chain: string
  readonly ledger: string
  /** An activation that is under way; and one whose answer is here, on its way into place. */
  readonly activation: string
  readonly activated: string
  /** A checkpoint of our own that contradicts our ledger (rule 26). */
  readonly forkEvidence: string
}

/** Names the files of a host's folder. */
export function hostFiles(dir: string): HostFiles {
  return {
    record: join(dir, 'host.json'),
    noteKey: join(dir, 'note.key'),
    vendors: join(dir, 'vendors'),
    index: join(dir, 'index.db'),
  }
}

/** Names the files of a vendor. `id` is a DNS label, as every catalog was checked to have it, so it stays in the folder. */
export function vendorFiles(hostDir: string, id: string): VendorFiles {
  const dir = join(hostFiles(hostDir).vendors, id)
  return {
    dir,
    pack: join(dir, 'pack.cose'),
    root: join(dir, 'root.pem'),
    record: join(dir, 'vendor.json'),
    hostKey: join(dir, 'host-key'),
    pools: join(dir, 'pools.json'),
    ...activationFiles(dir),
    activation: join(dir, 'activation'),
    activated: join(dir, 'activated'),
    forkEvidence: join(dir, 'fork-evidence.cose'),
  }
}

/** What an activation makes, in the vendor's folder or in the one where it is prepared. */
export interface ActivationFiles {
  readonly signingKey: string
  readonly chain: string
  readonly ledger: string
}

/** Names what an activation makes. */
export function activationFiles(dir: string): ActivationFiles {
  return { signingKey: join(dir, 'signing.key'), chain: join(dir, 'chain.pem'), ledger: join(dir, 'ledger') }
}

/** The most bytes of each file that is read whole. */
export const fileLimits = {
  pack: 4_194_304,
  certificates: 65_536,
  record: 4_096,
  checkpoint: 1_024,
  pools: 65_536,
} as const
