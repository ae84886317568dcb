import { decodeCbor } from '@volact/core/cbor/decode'
import { encodeCbor } from '@volact/core/cbor/encode'
import type { CborKey, CborMap, CborValue } from '@volact/core/cbor/value'
import { parseSign1, sign1Tag, signSign1 } from '@volact/core/cose/sign1'
import { encodeCheckpoint } from '@volact/core/document/checkpoint'
import { withField, without } from '@volact/core/document/decoder-laws.fixture'
import { documentKinds } from '@volact/core/document/kinds'
import { encodeReceipt } from '@volact/core/document/receipt'
import { signTreeHead } from '@volact/core/document/tree-head'
import type { TreeHead } from '@volact/core/document/tree-head'
import { leafHash } from '@volact/core/transparency/node-hash'
import { entries, first, tree } from './vector-proofs.ts'
import { bad, filled, flipped, good, malformed, vectorKey, vectorSigner } from './vector-file.ts'
import type { Draft, FileDraft } from './vector-file.ts'

/** What is signed about a ledger. */
export function receiptFiles(): readonly FileDraft[] {
  return [treeHeads(), checkpoints(), receipts()]
}

const host = vectorSigner('host')

function headOf(size: number): TreeHead {
  return { size, time: 1_800_000_000 + size, logId: leafHash(first), x5t: filled(0xc1), root: tree.rootAt(size) }
}

function treeHeads(): FileDraft {
  return {
    format: 'tree-head',
    section: '§8.1',
    about: 'Makes the protected header of a tree head, and the Sig_structure that is signed.',
    shared: { hostKey: vectorKey('host') },
    cases: [
      ...[1, 7, 21].map((size) => good(`${size} entries`, { ...headOf(size) })),
      good('of the authority', { ...headOf(7), kind: 'authority-receipt' }),
      good('as large as a number may be', { ...headOf(7), size: Number.MAX_SAFE_INTEGER }),
    ],
  }
}

/** Signs a tree head with any header and puts the unprotected header and payload behind it. */
function forge(
  header: CborMap,
  unprotected: CborMap,
  payload: Uint8Array | null,
  root: Uint8Array,
  typ: string = documentKinds['host-receipt'].typ,
): { bytes: Uint8Array } {
  const { protectedBytes, signature } = parseSign1(signSign1({ typ, protectedExtra: header, payload: root }, host))
  return { bytes: encodeCbor({ tag: sign1Tag, value: [protectedBytes, unprotected, payload, signature] }) }
}

function checkpoints(): FileDraft {
  const head = headOf(7)
  const bytes = encodeCheckpoint(signTreeHead(head, host))
  const header = without(parseSign1(bytes).protectedHeader, 1)
  const of = (changed: CborMap, unprotected: CborMap = new Map()): { bytes: Uint8Array } =>
    forge(changed, unprotected, head.root, head.root)
  const authority = encodeCheckpoint(signTreeHead(head, host, 'authority-receipt'))
  return {
    format: 'checkpoint',
    section: '§8.3',
    about: 'Opens a checkpoint with the key that signed it.',
    shared: { key: host.publicKey },
    cases: [
      good('seven entries', { bytes }),
      good('one entry', { bytes: encodeCheckpoint(signTreeHead(headOf(1), host)) }),
      good('of the authority', { bytes: authority, kind: 'authority-receipt' }),
      ...malformed(bytes),
      bad('KIND_MISMATCH', 'of the authority, where one of a host is needed', { bytes: authority }),
      bad('KIND_MISMATCH', 'a pack', forge(header, new Map(), head.root, head.root, documentKinds.pack.typ)),
      bad('SIGNATURE_INVALID', 'another key', { bytes, key: vectorSigner('other').publicKey }),
      bad('SIGNATURE_INVALID', 'another root', forge(header, new Map(), filled(1), head.root)),
      bad('SIGNATURE_INVALID', 'one bit of the signature turned over', { bytes: flipped(bytes, 3) }),
      bad('UNKNOWN_CRITICAL', 'an unknown protected header', of(withField(header, -70_000, 1))),
      bad('UNKNOWN_CRITICAL', 'an unprotected header', of(header, new Map([[-70_000, 1]]))),
      bad('MALFORMED', 'another hash of the certificate', of(withField(header, 34, [-15, filled(0xc1)]))),
      bad('MALFORMED', 'another verifiable data structure', of(withField(header, 395, 2))),
      bad('MALFORMED', 'no size', of(without(header, -65_537))),
    ],
  }
}

function receipts(): FileDraft {
  const head = headOf(7)
  const signed = signTreeHead(head, host)
  const inclusion = { index: 3, path: tree.inclusionPath(3, 7) }
  const consistency = { from: 3, path: tree.consistencyPath(3, 7) }
  const bytes = encodeReceipt(signed, inclusion)
  const entry = entries[3] ?? first
  const header = without(parseSign1(bytes).protectedHeader, 1)
  const proofs = (fields: readonly (readonly [CborKey, CborValue])[]): { bytes: Uint8Array; entry: Uint8Array } => ({
    ...forge(header, new Map([[396, new Map(fields)]]), null, head.root),
    entry,
  })
  const includes = (size: number, index: number, path: readonly Uint8Array[]): readonly [CborKey, CborValue] => [
    -1,
    [encodeCbor([size, index, path])],
  ]
  const continues = (from: number, to: number, path: readonly Uint8Array[]): readonly [CborKey, CborValue] => [
    -2,
    [encodeCbor([from, to, path])],
  ]
  const ours = includes(7, 3, inclusion.path)
  return {
    format: 'receipt',
    section: '§8.2',
    about:
      'Opens the receipt (RFC 9942) of an entry with the key that signed it: the root is computed, never taken from outside.',
    shared: { key: host.publicKey },
    cases: [
      good('an inclusion proof', { bytes, entry }),
      good('with a consistency proof', { bytes: encodeReceipt(signed, inclusion, consistency), entry }),
      good('entry 0 of two', {
        bytes: encodeReceipt(signTreeHead(headOf(2), host), { index: 0, path: tree.inclusionPath(0, 2) }),
        entry: first,
      }),
      good('of the authority', {
        bytes: encodeReceipt(signTreeHead(head, host, 'authority-receipt'), inclusion),
        entry,
        kind: 'authority-receipt',
      }),
      ...malformed(bytes, { entry }),
      ...badReceipts({ ours, inclusion, consistency, includes, continues, proofs }),
      bad('RECEIPT_INVALID', 'of another entry', { bytes, entry: first }),
      bad('RECEIPT_INVALID', 'another key', { bytes, entry, key: vectorSigner('other').publicKey }),
      bad('RECEIPT_INVALID', 'one bit of the signature turned over', { bytes: flipped(bytes, 3), entry }),
      bad('KIND_MISMATCH', 'of the authority, where one of a host is needed', {
        bytes: encodeReceipt(signTreeHead(head, host, 'authority-receipt'), inclusion),
        entry,
      }),
      bad('MALFORMED', 'with the root as payload: a checkpoint', { bytes: encodeCheckpoint(signed), entry }),
      bad('UNKNOWN_CRITICAL', 'an unknown unprotected header', {
        ...forge(
          header,
          new Map<CborKey, CborValue>([
            [396, new Map([ours])],
            [-70_000, 1],
          ]),
          null,
          head.root,
        ),
        entry,
      }),
    ],
  }
}

interface ReceiptParts {
  readonly ours: readonly [CborKey, CborValue]
  readonly inclusion: { readonly path: readonly Uint8Array[] }
  readonly consistency: { readonly path: readonly Uint8Array[] }
  readonly includes: (size: number, index: number, path: readonly Uint8Array[]) => readonly [CborKey, CborValue]
  readonly continues: (from: number, to: number, path: readonly Uint8Array[]) => readonly [CborKey, CborValue]
  readonly proofs: (fields: readonly (readonly [CborKey, CborValue])[]) => { bytes: Uint8Array; entry: Uint8Array }
}

/** RFC 9942 signs neither size nor index: each altered one must be found by the verifier (rule 21). */
function badReceipts({ ours, inclusion, consistency, includes, continues, proofs }: ReceiptParts): readonly Draft[] {
  const { path } = inclusion
  const twice = [decodeInner(ours), decodeInner(ours)]
  return [
    bad('RECEIPT_INVALID', 'a proof of another size than was signed', proofs([includes(8, 3, path)])),
    bad('RECEIPT_INVALID', 'another index', proofs([includes(7, 2, path)])),
    bad('RECEIPT_INVALID', 'a path that is too short', proofs([includes(7, 3, path.slice(1))])),
    bad('RECEIPT_INVALID', 'a consistency proof to another size', proofs([ours, continues(3, 8, consistency.path)])),
    bad('MALFORMED', 'an empty path', proofs([includes(7, 3, [])])),
    bad('MALFORMED', 'two inclusion proofs', proofs([[-1, twice]])),
    bad('MALFORMED', 'no inclusion proof', proofs([continues(3, 7, consistency.path)])),
    bad('MALFORMED', 'a consistency proof from nothing', proofs([ours, continues(0, 7, consistency.path)])),
    bad('MALFORMED', 'a consistency proof from the same size', proofs([ours, continues(7, 7, [])])),
    bad('UNKNOWN_CRITICAL', 'another sort of proof', proofs([ours, [-3, [new Uint8Array()]]])),
  ]
}

function decodeInner([, proof]: readonly [CborKey, CborValue]): CborValue {
  const [bytes = null] = proof as readonly CborValue[]
  return bytes instanceof Uint8Array ? encodeCbor(decodeCbor(bytes)) : bytes
}
