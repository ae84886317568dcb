import { equal } from '@volact/core/bytes'
import { openCheckpoint, parseCheckpoint } from '@volact/core/document/checkpoint'
import { entitlementOf } from '@volact/core/document/entitlement'
import { documentKinds } from '@volact/core/document/kinds'
import { parseReceipt, type Receipt } from '@volact/core/document/receipt'
import type { UnverifiedClaims } from '@volact/core/document/tree-head'
import { ActivationError } from '@volact/core/errors/activation-error'
import { verifyPath } from '@volact/core/x509/path'
import { type Inspector, notByItself } from './inspector.ts'
import { type View, viewOf } from './view.ts'

/** A receipt says where an entry stands; without the entry it says nothing. */
export const receiptInspector: Inspector = {
  read: (bytes) => receiptView(parseReceipt(bytes)),
  verify: notByItself('a receipt is checked together with its entry, as in a lease file'),
}

/** A signed tree head, as clients keep it. */
export const checkpointInspector: Inspector = {
  read: (bytes) => {
    const checkpoint = parseCheckpoint(bytes)
    return viewOf({ ...claims(checkpoint), root: checkpoint.root })
  },
  verify: (bytes, { roots, chain, at }) => {
    const checkpoint = parseCheckpoint(bytes)
    const leaf = chain.find(({ fingerprint }) => equal(fingerprint, checkpoint.x5t))
    if (leaf === undefined) throw missingCertificate(chain.length)
    const { eku } = documentKinds[checkpoint.kind]
    const intermediates = chain.filter((certificate) => certificate !== leaf)
    const { root } = verifyPath({ leaf, intermediates, roots, eku, at })
    openCheckpoint(bytes, leaf.publicKey, checkpoint.kind)
    const isHost = checkpoint.kind === 'host-receipt'
    if (isHost && !equal(entitlementOf(leaf).logId, checkpoint.logId)) {
      throw new ActivationError('LOG_MISMATCH', 'the checkpoint is of another ledger than the certificate is for')
    }
    return { by: 'its signature holds, and its signer is certified', root }
  },
}

/** Shows a receipt. */
export function receiptView(receipt: Receipt): View {
  const { inclusion, consistency } = receipt
  return viewOf({ ...claims(receipt), inclusion, ...(consistency && { consistency }) })
}

function claims({ kind, size, time, logId, x5t }: UnverifiedClaims): object {
  return { kind, size, time, logId, x5t }
}

function missingCertificate(given: number): ActivationError {
  const message = 'a checkpoint does not bring its certificates along'
  if (given === 0) return new ActivationError('USAGE', `${message}: name host.pem and issuing.pem with --chain`)
  return new ActivationError('CHAIN_INVALID', `${message}, and those of --chain are not the ones that it names`)
}
