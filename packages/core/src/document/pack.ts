import { equal } from '../bytes.ts'
import { catalogFromCbor, catalogToCbor } from '../catalog/catalog-cbor.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import type { Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import type { Certificate } from '../x509/certificate.ts'
import { verifyPath } from '../x509/path.ts'
import { parseRoot } from '../x509/root.ts'
import { openChainDocument, parseChainDocument, signChainDocument } from './chain-document.ts'
import { documentKinds } from './kinds.ts'
import { requireVersion } from './require-version.ts'

/** What a pack says, before it is signed. */
export interface PackContent {
  /** Grows with each pack of a vendor. */
  readonly number: number
  readonly issued: Instant
  readonly catalog: Catalog
}

/** A pack whose signature and chain hold. */
export interface Pack extends PackContent {
  readonly root: Certificate
  /** Leaf, issuing certificates, root. */
  readonly chain: readonly Certificate[]
}

const format = 1

/** Signs a pack (protocol.md §4). `chain` is DER: leaf, issuing, root. */
export function signPack(
  { number, issued, catalog, chain }: PackContent & { readonly chain: readonly [Uint8Array, ...Uint8Array[]] },
  signer: Signer,
): Uint8Array {
  const payload = new Map<CborKey, CborValue>([
    [1, format],
    [2, number],
    [3, issued],
    [4, catalogToCbor(catalog)],
  ])
  return signChainDocument({ kind: 'pack', payload: encodeCbor(payload), chain }, signer)
}

/**
 * Opens a pack: only after its chain leads to one of the roots, for packs, at the given time, and its signature holds.
 * With `first-use` the root inside is taken, which proves nothing: the caller shows its fingerprint and pins it (rule
 * 48). Errors: those of `verifyPath`, `KIND_MISMATCH`, `SIGNATURE_INVALID`, `UNSUPPORTED_VERSION`, `CATALOG_INVALID`,
 * `UNKNOWN_CRITICAL`, `MALFORMED`.
 */
export function openPack(bytes: Uint8Array, roots: readonly Certificate[] | 'first-use', at: Instant): Pack {
  const document = parseChainDocument(bytes, 'pack')
  const { leaf, others } = document
  const named = others.at(-1) ?? leaf
  const trusted = roots === 'first-use' ? [parseRoot(named.der)] : roots
  const path = verifyPath({
    ...{ leaf, intermediates: others.slice(0, -1), roots: trusted, eku: documentKinds.pack.eku, at },
  })
  if (path.unused.length > 0 || !equal(path.root.der, named.der)) {
    throw new ActivationError('CHAIN_INVALID', 'the pack brings a certificate along that its path does not use')
  }
  return { ...readPack(openChainDocument(document, path)), root: path.root, chain: path.path }
}

function readPack(payload: Uint8Array): PackContent {
  const fields = new Fields(decodeCbor(payload), 'pack')
  requireVersion(fields.uint(1), format, 'pack')
  const content = { number: fields.uint(2), issued: fields.uint(3), catalog: catalogFromCbor(fields.value(4)) }
  fields.end()
  return content
}
