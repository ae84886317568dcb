import { equal } from '@volact/core/bytes'
import { openPack } from '@volact/core/document/pack'
import { parseStarter } from '@volact/core/document/starter'
import { ActivationError } from '@volact/core/errors/activation-error'
import { parseCertificate } from '@volact/core/x509/certificate'
import { parseChainDocument } from '@volact/core/document/chain-document'
import { certificateView } from './certificate.ts'
import type { Inspector } from './inspector.ts'
import { type View, viewOf } from './view.ts'

/** A vendor's signed catalog. */
export const packInspector: Inspector = {
  read: packView,
  verify: (bytes, { roots, at }) => {
    const { root } = openPack(bytes, roots, at)
    return { by: 'the vendor of the root has signed it', root }
  },
}

/** All that a new host or client needs; only the pack in it is signed. */
export const starterInspector: Inspector = {
  read: (bytes) => {
    const { pack, roots, authority, contacts, token } = parseStarter(bytes)
    return {
      ...{ authority, contacts: viewOf(contacts), ...(token && { token: `a secret of ${token.length} bytes` }) },
      roots: roots.map((der) => certificateView(parseCertificate(der))),
      pack: packView(pack),
    }
  },
  verify: (bytes, { roots, at }) => {
    const starter = parseStarter(bytes)
    const stranger = starter.roots.find((der) => !roots.some((root) => equal(root.der, der)))
    if (stranger !== undefined) {
      const { text } = parseCertificate(stranger).subject
      throw new ActivationError('ROOT_UNKNOWN', `it would have "${text}" trusted as a root, which is not the given one`)
    }
    const { root } = openPack(starter.pack, roots, at)
    return { by: 'its root is the given one, which vouches for its pack; nothing vouches for its address', root }
  },
}

/** Opened at the beginning of its certificate, with its own root: so shown, but not believed. */
function packView(bytes: Uint8Array): View {
  const { leaf } = parseChainDocument(bytes, 'pack')
  const { number, issued, catalog, chain } = openPack(bytes, 'first-use', leaf.notBefore)
  return viewOf({ number, issued, catalog, chain: chain.map(certificateView) })
}
