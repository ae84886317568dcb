import { uuidToBytes } from '@volact/core/catalog/uuid'
import { sha256 } from '@volact/core/crypto'
import { signAgentProof } from '@volact/core/document/agent-proof'
import { anchorFor, findHardware } from '../activation/machine.ts'
import { requireLease } from '../activation/require-lease.ts'
import type { Installation } from '../installation.ts'
import type { SoldProduct } from '../vendors/vendor.ts'

/** What a program of this machine asks of its agent. */
export interface ProofQuestion {
  /** Activation ID, slug or setup key. */
  readonly product: string
  /** The program's own, 16 to 64 random bytes. */
  readonly nonce: Uint8Array
  /** The number of the program's account, as the program states it. */
  readonly uid: number
}

/** What the agent answers: all that is needed to verify that the lease is of this machine, and that it is here now. */
export interface ProvenLicense {
  readonly leaseFile: Uint8Array
  /** A COSE_Sign1 by the device key (protocol.md §6.6). */
  readonly proof: Uint8Array
  /** The anchor of this hardware for the vendor, as root sees it (rule 34): programs of other accounts cannot read what it is made of. */
  readonly anchor: Uint8Array
  /** Whether too little was found for a strong anchor. */
  readonly weak: boolean
}

/** Signs the answer to a nonce with the device key, over the lease that lies here (rule 4). `NOT_BOUND`, `MALFORMED`. */
export async function proveLicense(
  installation: Installation,
  sold: SoldProduct,
  { nonce, uid }: Omit<ProofQuestion, 'product'>,
): Promise<ProvenLicense> {
  const { files, probe, identity, now } = installation
  const { facts } = await findHardware({ files, probe, vendors: [sold.vendor] })
  // After the wait, so that key and lease are those of one moment; another program may have made this another machine.
  identity.refresh()
  const { signer } = installation
  const leaseFile = requireLease(installation, sold).bytes
  const product = uuidToBytes(sold.expected.activationId)
  const signed = { nonce, product, deviceKey: signer.publicKey, time: now(), uid, leaseDigest: sha256(leaseFile) }
  return { leaseFile, proof: signAgentProof(signed, signer), ...anchorFor(installation, sold.vendor, facts) }
}
