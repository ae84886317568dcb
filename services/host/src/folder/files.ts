import { join } from 'node:path'

/** The files of a host's folder that belong to no vendor. */
export interface HostFiles {
  readonly record: string
  /** The settings, `host.toml`. */
  readonly config: string
  /** Ed25519, for signed notes (rule 30). */
  readonly noteKey: string
  readonly vendors: string
  readonly index: string
  /** What was published in DNS, so that exactly that can be withdrawn. */
  readonly dns: string
  /** When the last backup was taken. */
  readonly lastBackup: string
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
  /** The folder of a spare that is being made, and in a spare's own folder the certificates of the host that it stands in for (rule 47). */
  readonly spare: string
  readonly predecessor: string
  /** Since when this is other hardware than was certified (rule 36). */
  readonly hardwareGrace: string
  /** The file requests that were answered of late (rule 46). */
  readonly responded: string
  /** A renewal that is under way; one whose answer is here; and the size of the tree that the authority saw last (rule 6). */
  readonly renewal: string
  readonly renewed: string
  readonly witnessed: string
  /** The recoveries of this ledger, and the size at which it was restored from a backup, until it is recovered (rule 27). */
  readonly recoveries: string
  /** The certificates of this log before the present one (rule 6). */
  readonly earlier: string
  readonly restored: string
  /** The counts and last grants, so that a start does not read the whole ledger; made of it, and of it again when it is missing. */
  readonly snapshot: string
  /** Up to which entry every request is verified, and the key of the digests that are kept of requests (rule 15). */
  readonly verified: string
  readonly stableKey: string
  /** The last time that was believed (rule 43). */
  readonly knownTime: string
  /** A checkpoint of our own that contradicts our ledger (rule 26). */
  readonly forkEvidence: string
}

/** Names the files of a host's folder. */
export function hostFiles(dir: string): HostFiles {
  return {
    record: join(dir, 'host.json'),
    config: join(dir, 'host.toml'),
    noteKey: join(dir, 'note.key'),
    vendors: join(dir, 'vendors'),
    index: join(dir, 'index.db'),
    dns: join(dir, 'dns.json'),
    lastBackup: join(dir, 'last-backup'),
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
    spare: join(dir, 'spare'),
    predecessor: join(dir, 'predecessor.pem'),
    hardwareGrace: join(dir, 'hardware-grace.json'),
    responded: join(dir, 'responded.cbor'),
    renewal: join(dir, 'renewal'),
    renewed: join(dir, 'renewed'),
    witnessed: join(dir, 'witnessed.json'),
    recoveries: join(dir, 'recoveries.cbor'),
    earlier: join(dir, 'earlier.pem'),
    restored: join(dir, 'restored.json'),
    snapshot: join(dir, 'state.snapshot'),
    verified: join(dir, 'verified'),
    stableKey: join(dir, 'stable.key'),
    knownTime: join(dir, 'known-time'),
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
  recoveries: 1_048_576,
  responded: 268_435_456,
  pools: 65_536,
} as const
