import type { Catalog } from '@volact/core/catalog/catalog'
import { parseChainDocument } from '@volact/core/document/chain-document'
import { openRevocationList, type RevocationList } from '@volact/core/document/revocation-list'
import type { Certificate } from '@volact/core/x509/certificate'
import { parseRoot } from '@volact/core/x509/root'
import type { Vendor } from './vendor.ts'

/** A vendor as a program has it compiled in: there is no option for files, which somebody could exchange (rule 11). */
export interface EmbeddedVendor {
  /** Certificates in DER. */
  readonly roots: readonly Uint8Array[]
  readonly policy: Catalog
  /** The vendor's newest revocation list, as it was published (rule 44). */
  readonly revocations?: Uint8Array
}

/** The vendors that a program has compiled in, as a client works with them. */
export function embeddedVendors(vendors: readonly EmbeddedVendor[]): readonly Vendor[] {
  return vendors.map(({ roots: ders, policy, revocations }) => {
    const roots = ders.map(parseRoot)
    const list = revocations && { revocations: openCompiledList(revocations, roots) }
    return { catalog: policy, roots, protection: 'program', ...list }
  })
}

/** Checked when its certificate began: a list that a program has compiled in holds as long as the program does. */
function openCompiledList(bytes: Uint8Array, roots: readonly Certificate[]): RevocationList {
  return openRevocationList(bytes, roots, parseChainDocument(bytes, 'revocation-list').leaf.notBefore)
}
