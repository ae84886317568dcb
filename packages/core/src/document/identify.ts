import { decodeUtf8 } from '../bytes.ts'
import { decodeCbor } from '../cbor/decode.ts'
import { isCborArray, isCborMap, isCborTagged } from '../cbor/value.ts'
import type { CborValue } from '../cbor/value.ts'
import { headers } from '../cose/headers.ts'
import { parseSign1Value, sign1Tag } from '../cose/sign1.ts'
import type { Sign1 } from '../cose/sign1.ts'
import { attemptOrNothing } from '../errors/attempt.ts'
import { messageFileMark } from '../wire/message-file.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { grantTag } from './grant-claims.ts'
import { deviceTyps, documentKinds, recoveryTyp } from './kinds.ts'
import { leaseFileMark } from './lease.ts'
import { reportFileMark } from './report.ts'
import { starterMark } from './starter.ts'

/** What some bytes claim to be. `private-key` is named so that nobody prints one. */
export type DocumentName =
  | 'lease-file'
  | 'report'
  | 'starter'
  | 'message-file'
  | 'message'
  | 'pack'
  | 'receipt'
  | 'checkpoint'
  | 'authority-receipt'
  | 'authority-checkpoint'
  | 'confirmation'
  | 'directory-object'
  | 'revocation-list'
  | 'request'
  | 'challenged-request'
  | 'release'
  | 'agent-proof'
  | 'file-request'
  | 'recovery'
  | 'ledger-entry'
  | 'certificate'
  | 'pem-certificates'
  | 'pem-certificate-request'
  | 'private-key'
  | 'unknown'

/** Says which of our documents the bytes claim to be, and believes nothing: whoever opens it finds out whether it is. */
export function identifyDocument(bytes: Uint8Array): DocumentName {
  const value = attemptOrNothing(() => decodeCbor(bytes))
  if (value !== undefined) return identifyValue(value)
  return attemptOrNothing(() => parseCertificate(bytes)) === undefined ? identifyText(bytes) : 'certificate'
}

function identifyValue(value: CborValue): DocumentName {
  if (isCborArray(value)) return identifyArray(value)
  if (isCborMap(value))
    return typeof value.get(0) === 'number' && typeof value.get(1) === 'number' ? 'message' : 'unknown'
  if (!isCborTagged(value)) return 'unknown'
  if (value.tag === grantTag) return 'ledger-entry'
  const sign1 = value.tag === sign1Tag ? attemptOrNothing(() => parseSign1Value(value)) : undefined
  return sign1 === undefined ? 'unknown' : identifySigned(sign1)
}

const fileNames: ReadonlyMap<CborValue | undefined, DocumentName> = new Map([
  [leaseFileMark, 'lease-file'],
  [starterMark, 'starter'],
  [reportFileMark, 'report'],
  [messageFileMark, 'message-file'],
])

/** A file begins with its name, an entry of a ledger with the number of its kind, its index and its time. */
function identifyArray([first, index, time]: readonly CborValue[]): DocumentName {
  if (typeof first === 'number' && typeof index === 'number' && typeof time === 'number') return 'ledger-entry'
  return fileNames.get(first) ?? 'unknown'
}

const signedNames: ReadonlyMap<CborValue | undefined, DocumentName> = new Map<CborValue | undefined, DocumentName>([
  [documentKinds.pack.typ, 'pack'],
  [documentKinds.confirmation.typ, 'confirmation'],
  [documentKinds['directory-object'].typ, 'directory-object'],
  [documentKinds['revocation-list'].typ, 'revocation-list'],
  [deviceTyps.request, 'request'],
  [deviceTyps.challengedRequest, 'challenged-request'],
  [deviceTyps.release, 'release'],
  [deviceTyps.agentProof, 'agent-proof'],
  [deviceTyps.fileRequest, 'file-request'],
  [recoveryTyp, 'recovery'],
])

function identifySigned({ protectedHeader, payload }: Sign1): DocumentName {
  const typ = protectedHeader.get(headers.typ)
  // A receipt is detached from its root, a checkpoint brings it along (protocol.md §8.2, §8.3).
  if (typ === documentKinds['host-receipt'].typ) return payload === null ? 'receipt' : 'checkpoint'
  if (typ === documentKinds['authority-receipt'].typ)
    return payload === null ? 'authority-receipt' : 'authority-checkpoint'
  return signedNames.get(typ) ?? 'unknown'
}

function identifyText(bytes: Uint8Array): DocumentName {
  const [, label = ''] = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(decodeUtf8(bytes) ?? '') ?? []
  if (label === 'CERTIFICATE') return 'pem-certificates'
  if (label === 'CERTIFICATE REQUEST') return 'pem-certificate-request'
  return label.endsWith('PRIVATE KEY') ? 'private-key' : 'unknown'
}
