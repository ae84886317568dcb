import { concat } from '../bytes.ts'
import { ByteScan } from '../cbor/byte-scan.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { intervalRange } from '../licensing/defaults.ts'
import { minutes } from '../time.ts'
import { claim, grantTag, issuerPrefix, subjectPrefix, thresholdSources, thumbprintMethod } from './grant-claims.ts'
import type { Grant } from './grant.ts'
import { parseFlags } from './flags.ts'
import { ctiLength, digestLength, lastLicenseState, nonceLength, textLimit, uuidLength } from './limits.ts'

/** What a grant says of a license. Its byte strings are views. */
export type RecognisedGrant = Pick<
  Grant,
  'machine' | 'product' | 'anchor' | 'flags' | 'issued' | 'expires' | 'cti' | 'req' | 'index'
>

/**
 * Recognises a grant in its one encoding, without decoding it: a ledger is read again by the hundred thousand. What is declined (`undefined`)
 * is for `parseGrant` to read; what is recognised says the same when it is parsed.
 */
export function recogniseGrant(bytes: Uint8Array): RecognisedGrant | undefined {
  const scan = new ByteScan(bytes)
  scan.literal(begin)
  scanHex(scan, bytes)
  scan.literal(beginSubject)
  const subject = scanHex(scan, bytes)
  scan.byte(claim.expires)
  const expires = scan.uint()
  scan.byte(claim.notBefore)
  scan.uint()
  scan.byte(claim.issued)
  const issued = scan.uint()
  scan.byte(claim.cti)
  const cti = scan.fixed(ctiLength)
  scan.literal(confirmation)
  const machine = scan.fixed(digestLength)
  scan.byte(claim.nonce)
  scan.fixed(nonceLength)
  scan.literal(keys.product)
  const product = scan.fixed(uuidLength)
  scan.literal(keys.anchor)
  const anchor = scan.fixed(digestLength)
  scanTerms(scan)
  scan.literal(keys.index)
  const index = scan.uint()
  scan.literal(keys.req)
  const req = scan.fixed(digestLength)
  scan.literal(keys.detailsDigest)
  scan.fixed(digestLength)
  scan.literal(keys.state)
  scan.require(scan.uint() <= lastLicenseState)
  scan.literal(keys.flags)
  const flags = scan.uint()
  scan.require(flags <= 7)
  if (!scan.isAtEnd || !isHexOf(bytes, subject, machine)) return undefined
  const view = (at: number, length: number): Uint8Array => bytes.subarray(at, at + length)
  return {
    ...{ expires, issued, index, cti: view(cti, ctiLength), req: view(req, digestLength) },
    ...{ machine: view(machine, digestLength), anchor: view(anchor, digestLength), product: view(product, uuidLength) },
    flags: parseFlags(flags, 'grant'),
  }
}

/** Count, threshold, intervals and features. */
function scanTerms(scan: ByteScan): void {
  scan.literal(keys.count)
  scan.uint()
  scan.literal(keys.threshold)
  scan.uint()
  scan.literal(keys.thresholdSource)
  scan.require(scan.uint() < thresholdSources.length)
  for (const key of [keys.activationMinutes, keys.renewalMinutes]) {
    scan.literal(key)
    const interval = minutes(scan.uint())
    scan.require(interval >= intervalRange.min && interval <= intervalRange.max)
  }
  scan.literal(keys.features)
  for (let features = scan.arrayHead(); features > 0; features -= 1) scan.ascii(textLimit)
}

/** Passes the digits of a digest, and gives the offset of the first. */
function scanHex(scan: ByteScan, bytes: Uint8Array): number {
  const start = scan.at
  for (let at = start; at < start + 2 * digestLength; at += 1) {
    const digit = Number(bytes[at])
    scan.require((digit >= 0x30 && digit <= 0x39) || (digit >= 0x61 && digit <= 0x66))
  }
  scan.skip(2 * digestLength)
  return start
}

function isHexOf(bytes: Uint8Array, digits: number, digest: number): boolean {
  for (let at = 0; at < digestLength; at += 1) {
    const byte = valueOf(Number(bytes[digits + 2 * at])) * 16 + valueOf(Number(bytes[digits + 2 * at + 1]))
    if (bytes[digest + at] !== byte) return false
  }
  return true
}

function valueOf(digit: number): number {
  return digit < 0x61 ? digit - 0x30 : digit - 0x57
}

/** The tag, the head of the map, and all before the digits of the log. */
const begin = concat(
  encodeCbor({ tag: grantTag, value: 0 }).slice(0, -1),
  Uint8Array.of(0xa0 + Object.keys(claim).length, claim.issuer),
  uriHead(issuerPrefix),
)
const beginSubject = concat(Uint8Array.of(claim.subject), uriHead(subjectPrefix))
const confirmation = Uint8Array.of(claim.confirmation, 0xa1, thumbprintMethod)

/** The private claims have keys of five bytes. */
const keys = {
  product: encodeCbor(claim.product),
  anchor: encodeCbor(claim.anchor),
  count: encodeCbor(claim.count),
  threshold: encodeCbor(claim.threshold),
  thresholdSource: encodeCbor(claim.thresholdSource),
  activationMinutes: encodeCbor(claim.activationMinutes),
  renewalMinutes: encodeCbor(claim.renewalMinutes),
  features: encodeCbor(claim.features),
  index: encodeCbor(claim.index),
  req: encodeCbor(claim.req),
  detailsDigest: encodeCbor(claim.detailsDigest),
  state: encodeCbor(claim.state),
  flags: encodeCbor(claim.flags),
} as const

/** The head of a text that begins with a prefix and goes on with the digits of a digest; and the prefix. */
function uriHead(prefix: string): Uint8Array {
  return encodeCbor(prefix + '0'.repeat(2 * digestLength)).slice(0, -2 * digestLength)
}
