import { concat } from '../bytes.ts'
import { ByteScan } from '../cbor/byte-scan.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { coseAlgorithms } from '../cose/algorithm.ts'
import { headers } from '../cose/headers.ts'
import { signatureLength } from '../crypto.ts'
import { documentKinds } from './kinds.ts'
import { digestLength } from './limits.ts'
import { headLabels, rfc9162Sha256 } from './tree-head.ts'

/** Where things lie in the checkpoint of a host that was recognised. Its signature was not looked at. */
export interface RecognisedCheckpoint {
  readonly size: number
  /** Offsets of 32 bytes each. */
  readonly logId: number
  readonly root: number
}

/**
 * Recognises the checkpoint of a host in its one encoding, without decoding it (protocol.md §8.3). What is declined (`undefined`) is for
 * `parseCheckpoint` to read; what is recognised says the same when it is parsed.
 */
export function recogniseCheckpoint(bytes: Uint8Array): RecognisedCheckpoint | undefined {
  const scan = new ByteScan(bytes)
  scan.literal(begin)
  scan.string()
  const headerEnd = scan.end
  scan.literal(headerBegin)
  scan.fixed(digestLength)
  scan.literal(behindCertificate)
  const size = scan.uint()
  scan.literal(keyOfTime)
  scan.uint()
  scan.literal(keyOfLog)
  const logId = scan.fixed(digestLength)
  scan.require(scan.at === headerEnd)
  scan.byte(emptyMap)
  const root = scan.fixed(digestLength)
  scan.fixed(signatureLength)
  return scan.isAtEnd ? { size, logId, root } : undefined
}

const emptyMap = 0xa0

/** The tag of a COSE_Sign1, and that it is an array of four. */
const begin = Uint8Array.of(0xd2, 0x84)

const headerBegin = concat(
  Uint8Array.of(0xa7, headers.alg),
  encodeCbor(coseAlgorithms.ESP256),
  encodeCbor(headers.typ),
  encodeCbor(documentKinds['host-receipt'].typ),
  encodeCbor(headers.x5t),
  // SHA-256 in an array of two (RFC 9360 §2).
  Uint8Array.of(0x82, 0x2f),
)
const behindCertificate = concat(
  encodeCbor(headLabels.verifiableData),
  encodeCbor(rfc9162Sha256),
  encodeCbor(headLabels.size),
)
const keyOfTime = encodeCbor(headLabels.time)
const keyOfLog = encodeCbor(headLabels.logId)
