import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import { expectMap } from '@volact/core/cbor/expect'
import type { CborKey, CborValue } from '@volact/core/cbor/value'
import { sampleCatalog } from '@volact/core/catalog/catalog.fixture'
import { thumbprint } from '@volact/core/cose/key'
import { parseSign1, signSign1 } from '@volact/core/cose/sign1'
import { makeIssuing, makeLeaf, makeRoot, validFrom, validUntil } from '@volact/core/document/certificates.fixture'
import type { Issued } from '@volact/core/document/certificates.fixture'
import { signChainDocument } from '@volact/core/document/chain-document'
import { withField } from '@volact/core/document/decoder-laws.fixture'
import { documentKinds } from '@volact/core/document/kinds'
import type { DocumentKind } from '@volact/core/document/kinds'
import { signPack } from '@volact/core/document/pack'
import { signRevocationList } from '@volact/core/document/revocation-list'
import { keyUsageOids } from '@volact/core/x509/oids'
import { bad, filled, flipped, good, lossy, malformed, vectorKey, vectorSigner } from './vector-file.ts'
import type { Draft, FileDraft } from './vector-file.ts'

/** The root of every chain in the vectors. */
export const root: Issued = makeRoot({ name: 'Volact vectors root', signer: vectorSigner('root') })

/** The issuing certificate below it. */
export const issuing: Issued = makeIssuing(root, { name: 'Volact vectors issuing', signer: vectorSigner('issuing') })

const otherRoot = makeRoot({ name: 'Another root', signer: vectorSigner('another root') })
const at = validFrom + 86_400

/** Documents that bring their chain along, and the two marks of each kind. */
export function chainFiles(): readonly FileDraft[] {
  return [packs(), revocationLists(), kinds()]
}

function packs(): FileDraft {
  const leaf = makeLeaf(issuing, keyUsageOids.pack, { name: 'Packs', signer: vectorSigner('pack') })
  const content = { number: 7, issued: at, catalog: sampleCatalog() }
  const signed = (signing: Issued, ...others: readonly Issued[]): { bytes: Uint8Array } => ({
    bytes: signPack({ ...content, chain: [signing.der, ...others.map(({ der }) => der)] }, signing.signer),
  })
  const { bytes } = signed(leaf, issuing, root)
  const payload = expectMap(decodeCbor(parseSign1(bytes).payload ?? new Uint8Array()), 'payload')
  const chain = [leaf.der, issuing.der, root.der] as const
  const of = (key: CborKey, value: CborValue): { bytes: Uint8Array } => ({
    bytes: signChainDocument({ kind: 'pack', payload: encodeCbor(withField(payload, key, value)), chain }, leaf.signer),
  })
  const host = makeLeaf(issuing, keyUsageOids.hostReceipt, { name: 'A host', signer: vectorSigner('host') })
  const below = makeLeaf(host, keyUsageOids.pack, { name: 'Below a host', signer: vectorSigner('below') })
  const unused = makeIssuing(root, { name: 'Unused', signer: vectorSigner('unused') })
  return {
    format: 'pack',
    section: '§4',
    about:
      'Opens a pack at a time, under roots in DER or, with "first-use", under the root inside. The keys of the catalog are in docs/catalog.md.',
    shared: { packKey: vectorKey('pack'), roots: [root.der], at },
    cases: [
      good('a pack', { bytes }),
      good('at first use', { bytes, roots: 'first-use' }),
      good('in the first second of its chain', { bytes, at: validFrom }),
      good('in the last second of its chain', { bytes, at: validUntil }),
      lossy('a key below 0 of a newer version', of(-1, 'ignored')),
      ...malformed(bytes),
      bad('CHAIN_EXPIRED', 'before its chain begins', { bytes, at: validFrom - 1 }),
      bad('CHAIN_EXPIRED', 'after its chain has ended', { bytes, at: validUntil + 1 }),
      bad('ROOT_UNKNOWN', 'another root', { bytes, roots: [otherRoot.der] }),
      bad('KIND_MISMATCH', "signed by a host's signing key", signed(host, issuing, root)),
      bad('CHAIN_INVALID', 'with a certificate that a host has issued', signed(below, host, issuing, root)),
      bad('CHAIN_INVALID', 'with a certificate that its path does not use', signed(leaf, issuing, unused, root)),
      bad('ROOT_UNKNOWN', 'without its root', signed(leaf, issuing)),
      bad('SIGNATURE_INVALID', 'signed by another key', {
        bytes: signPack({ ...content, chain }, vectorSigner('other')),
      }),
      bad('SIGNATURE_INVALID', 'one bit of the signature turned over', { bytes: flipped(bytes, 3) }),
      bad('UNSUPPORTED_VERSION', 'format 2', of(1, 2)),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', of(5, 0)),
      bad('MALFORMED', 'a number below 0', of(2, -1)),
      bad('MALFORMED', 'no catalog inside', of(4, 'catalog')),
    ],
  }
}

function revocationLists(): FileDraft {
  const lister = makeLeaf(root, keyUsageOids.revocationList, { name: 'Lists', signer: vectorSigner('list') })
  const below = makeLeaf(issuing, keyUsageOids.revocationList, { name: 'Below issuing', signer: vectorSigner('below') })
  const pack = makeLeaf(root, keyUsageOids.pack, { name: 'Packs', signer: vectorSigner('pack') })
  const bySerial = {
    subject: { kind: 'serial', id: Uint8Array.of(0x40, 0x07) },
    cutoff: at,
    void: false,
    expires: validUntil,
  } as const
  const byKey = {
    ...bySerial,
    subject: { kind: 'key', id: thumbprint(vectorSigner('host').publicKey) },
    void: true,
  } as const
  const list = { number: 3, issued: at, revoked: [bySerial, byKey] }
  const bytes = signRevocationList(list, lister.der, lister.signer)
  const payload = expectMap(decodeCbor(parseSign1(bytes).payload ?? new Uint8Array()), 'payload')
  const of = (key: CborKey, value: CborValue): { bytes: Uint8Array } => ({
    bytes: signChainDocument(
      { kind: 'revocation-list', payload: encodeCbor(withField(payload, key, value)), chain: [lister.der] },
      lister.signer,
    ),
  })
  return {
    format: 'revocation-list',
    section: '§14',
    about: 'Opens a revocation list at a time, under roots in DER.',
    shared: { listKey: vectorKey('list'), listCertificate: lister.der, roots: [root.der], at },
    cases: [
      good('a list', { bytes }),
      good('nothing revoked', { bytes: signRevocationList({ ...list, revoked: [] }, lister.der, lister.signer) }),
      lossy('a key below 0 of a newer version', of(-1, 'ignored')),
      ...malformed(bytes),
      bad('ROOT_UNKNOWN', 'signed below issuing', { bytes: signRevocationList(list, below.der, below.signer) }),
      bad('KIND_MISMATCH', 'signed by a key for packs', { bytes: signRevocationList(list, pack.der, pack.signer) }),
      bad('CHAIN_EXPIRED', 'after its certificate has ended', { bytes, at: validUntil + 1 }),
      bad('ROOT_UNKNOWN', 'another root', { bytes, roots: [otherRoot.der] }),
      bad('SIGNATURE_INVALID', 'signed by another key', {
        bytes: signRevocationList(list, lister.der, vectorSigner('other')),
      }),
      bad('UNSUPPORTED_VERSION', 'version 2', of(1, 2)),
      bad('UNKNOWN_CRITICAL', 'a key from 0 of a newer version', of(6, 0)),
      bad('UNKNOWN_CRITICAL', 'another sort of subject', of(5, [[2, filled(1), at, true, validUntil]])),
      bad('MALFORMED', 'an epoch that is not the start of its certificate', of(2, validFrom + 1)),
      bad(
        'MALFORMED',
        'a serial number with a zero before it',
        of(5, [[0, Uint8Array.of(0, 1), at, true, validUntil]]),
      ),
    ],
  }
}

/** Each `typ` signed with each extended key usage, and each kind where each other is expected (rule 2). */
function kinds(): FileDraft {
  const names = Object.keys(documentKinds) as DocumentKind[]
  const payload = filled(0x70)
  const leaves = new Map(names.map((kind) => [kind, leafOf(kind)]))
  const input = (typ: DocumentKind, eku: DocumentKind, expected: DocumentKind): Readonly<Record<string, unknown>> => {
    const leaf = leaves.get(eku) ?? root
    const bytes = signSign1({ typ: documentKinds[typ].typ, payload }, leaf.signer)
    return { bytes, expected, chain: eku === 'revocation-list' ? [leaf.der] : [leaf.der, issuing.der] }
  }
  const pairs = names.flatMap((typ) => names.map((eku) => [typ, eku] as const))
  const signed = pairs.map(([typ, eku]): Draft => {
    const name = `typ ${typ}, usage ${eku}, expected ${typ}`
    if (typ === eku) return good(name, input(typ, eku, typ))
    // A list is never under issuing, and that is looked at first.
    return bad(typ === 'revocation-list' ? 'CHAIN_INVALID' : 'KIND_MISMATCH', name, input(typ, eku, typ))
  })
  const expected = pairs
    .filter(([typ, other]) => typ !== other)
    .map(([typ, other]): Draft => {
      const code = other === 'revocation-list' ? 'CHAIN_INVALID' : 'KIND_MISMATCH'
      return bad(code, `typ ${typ}, usage ${typ}, expected ${other}`, input(typ, typ, other))
    })
  const typs = names.flatMap((typ) =>
    names
      .filter((other) => other !== typ)
      .map((other): Draft =>
        bad('KIND_MISMATCH', `typ ${typ}, usage ${other}, expected ${other}`, input(typ, other, other)),
      ),
  )
  return {
    format: 'kinds',
    section: '§2.2, §3.2',
    about: 'Opens a signed document as the expected kind: only the matching pair of typ and extended key usage opens.',
    shared: { roots: [root.der], at, documentKinds },
    cases: [...signed, ...expected, ...typs],
  }
}

function leafOf(kind: DocumentKind): Issued {
  const issuer = kind === 'revocation-list' ? root : issuing
  return makeLeaf(issuer, documentKinds[kind].eku, { name: `Vectors ${kind}`, signer: vectorSigner(kind) })
}
