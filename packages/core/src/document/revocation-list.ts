import { equal } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectBool, expectBytes, expectUint } from '../cbor/expect.ts'
import { Fields } from '../cbor/fields.ts'
import type { CborKey, CborValue } from '../cbor/value.ts'
import { thumbprint } from '../cose/key.ts'
import type { Signer } from '../crypto.ts'
import { ActivationError } from '../errors/activation-error.ts'
import type { Instant } from '../time.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { verifyPath } from '../x509/path.ts'
import { openChainDocument, parseChainDocument, signChainDocument } from './chain-document.ts'
import { documentKinds } from './kinds.ts'
import type { ListNumber } from './list-number.ts'
import { digestLength } from './limits.ts'
import { requireVersion } from './require-version.ts'

/** One certificate or key that is no longer believed. */
export interface Revocation {
  /** The serial number of a certificate without leading zeros, or the thumbprint of a key (RFC 9679). */
  readonly subject: { readonly kind: 'serial' | 'key'; readonly id: Uint8Array }
  /** From when on: what was signed before is still believed. */
  readonly cutoff: Instant
  /** Whether leases that are running end, too; else only new grants are refused. */
  readonly void: boolean
  /** When the certificate ends by itself and the vendor drops this line. */
  readonly expires: Instant
}

/** A vendor's revocation list (rule 44, protocol.md §14). `epoch` is the notBefore of the list key's certificate. */
export interface RevocationList extends ListNumber {
  readonly issued: Instant
  readonly revoked: readonly Revocation[]
}

const version = 1
const what = 'revocation list'
const subjectKinds = ['serial', 'key'] as const
const longestSerial = 20

/** Signs a list; its epoch is taken from the certificate (DER) of the list key. */
export function signRevocationList(
  list: Omit<RevocationList, 'epoch'>,
  certificate: Uint8Array,
  signer: Signer,
): Uint8Array {
  const payload = new Map<CborKey, CborValue>([
    [1, version],
    [2, parseCertificate(certificate).notBefore],
    [3, list.number],
    [4, list.issued],
    [5, list.revoked.map(encodeRevocation)],
  ])
  return signChainDocument({ kind: 'revocation-list', payload: encodeCbor(payload), chain: [certificate] }, signer)
}

/**
 * Opens a list: only after its certificate, issued by a root itself and for lists only, holds at the given time, and its
 * signature too. Errors: those of `verifyPath`, `KIND_MISMATCH`, `SIGNATURE_INVALID`, `UNSUPPORTED_VERSION`,
 * `UNKNOWN_CRITICAL`, `MALFORMED`.
 */
export function openRevocationList(bytes: Uint8Array, roots: readonly Certificate[], at: Instant): RevocationList {
  const document = parseChainDocument(bytes, 'revocation-list')
  const { leaf, others } = document
  if (others.length > 0)
    throw new ActivationError('CHAIN_INVALID', `the ${what} must bring exactly one certificate along`)
  const { eku } = documentKinds['revocation-list']
  const path = verifyPath({ leaf, intermediates: [], roots, eku, at, directlyUnderRoot: true })
  const list = readList(openChainDocument(document, path))
  if (list.epoch !== leaf.notBefore) {
    throw new ActivationError('MALFORMED', `the epoch of the ${what} is not the start of its certificate`)
  }
  return list
}

/**
 * Finds what the list says about a certificate, by serial number or key, for something signed at the given time. Of
 * several lines, one that ends running leases comes first.
 */
export function revocationOf(list: RevocationList, certificate: Certificate, signed: Instant): Revocation | undefined {
  const ids = { serial: certificate.serial, key: thumbprint(certificate.publicKey) }
  const found = list.revoked.filter(({ subject, cutoff }) => signed >= cutoff && equal(subject.id, ids[subject.kind]))
  return found.find((revocation) => revocation.void) ?? found[0]
}

/** Whether something that the certificate signed at the given time is no longer believed when it is new. */
export function isRevoked(list: RevocationList, certificate: Certificate, signed: Instant): boolean {
  return revocationOf(list, certificate, signed) !== undefined
}

function encodeRevocation({ subject, cutoff, void: ends, expires }: Revocation): CborValue {
  return [subjectKinds.indexOf(subject.kind), subject.id, cutoff, ends, expires]
}

function readList(payload: Uint8Array): RevocationList {
  const fields = new Fields(decodeCbor(payload), what)
  requireVersion(fields.uint(1), version, what)
  const list = {
    epoch: fields.uint(2),
    number: fields.uint(3),
    issued: fields.uint(4),
    revoked: fields.list(5, parseRevocation),
  }
  fields.end()
  return list
}

function parseRevocation(value: CborValue, name: string): Revocation {
  const [kind = null, id = null, cutoff = null, ends = null, expires = null] = expectArray(value, name, 5)
  return {
    subject: parseSubject(expectUint(kind, `${name}: kind`), id, name),
    cutoff: expectUint(cutoff, `${name}: cut-off`),
    void: expectBool(ends, `${name}: void`),
    expires: expectUint(expires, `${name}: expires`),
  }
}

function parseSubject(number: number, value: CborValue, name: string): Revocation['subject'] {
  const kind = subjectKinds[number]
  if (kind === undefined) throw new ActivationError('UNKNOWN_CRITICAL', `${name}: kind ${number} is unknown here`)
  const id = expectBytes(value, `${name}: subject`)
  const fits = kind === 'key' ? id.length === digestLength : id.length <= longestSerial && (id[0] ?? 0) > 0
  if (!fits) throw new ActivationError('MALFORMED', `${name}: no ${kind} has this form`)
  return { kind, id }
}
