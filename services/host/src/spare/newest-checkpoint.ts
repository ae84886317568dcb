import { equal } from '@volact/core/bytes'
import type { PublicKey } from '@volact/core/crypto'
import { openCheckpoint, parseCheckpoint } from '@volact/core/document/checkpoint'
import type { Predecessor } from '@volact/core/document/predecessor'
import type { TreeHead } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import { readCertificates } from '../folder/certificates.ts'
import type { VendorFiles } from '../folder/files.ts'

/** Chooses the newer of the checkpoint that a spare was made with and the one that somebody has saved. `LOG_MISMATCH`, `SIGNATURE_INVALID`. */
export function newestCheckpoint(
  { predecessor: path }: Pick<VendorFiles, 'predecessor'>,
  { logId, checkpoint }: Predecessor,
  shown: Uint8Array | undefined,
): Uint8Array {
  if (shown === undefined) return checkpoint
  const [{ publicKey }] = readCertificates(path)
  const head = openSigned(shown, publicKey)
  if (!equal(head.logId, logId)) {
    throw new ActivationError('LOG_MISMATCH', 'the checkpoint is not of the host that this spare stands in for')
  }
  return head.size > parseCheckpoint(checkpoint).size ? shown : checkpoint
}

/** Renewed since the spare was made, the lost host has signed with a key that nobody knows here. */
function openSigned(shown: Uint8Array, key: PublicKey): TreeHead {
  try {
    return openCheckpoint(shown, key)
  } catch (cause) {
    if (!(cause instanceof ActivationError) || cause.code !== 'SIGNATURE_INVALID') throw cause
    const message =
      'the checkpoint is not signed with the key that the lost host had when the spare was made: go on without --checkpoint'
    throw new ActivationError('SIGNATURE_INVALID', message, { cause })
  }
}
