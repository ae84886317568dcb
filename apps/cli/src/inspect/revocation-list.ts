import { parseChainDocument } from '@volact/core/document/chain-document'
import { openRevocationList } from '@volact/core/document/revocation-list'
import { certificateView } from './certificate.ts'
import type { Inspector } from './inspector.ts'

/** A vendor's list of what is no longer believed. Its root is not in it, so that only a check can open it. */
export const revocationListInspector: Inspector = {
  read: (bytes) => ({ signer: certificateView(parseChainDocument(bytes, 'revocation-list').leaf) }),
  verify: (bytes, { roots, at }) => {
    openRevocationList(bytes, roots, at)
    return { by: 'the list key under the root has signed it', root: roots[0] }
  },
}
