import { concat, utf8 } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { writeBytes, writeHead } from '../cbor/write.ts'
import { encodeFlags } from './flags.ts'
import {
  claim,
  type Grant,
  grantTag,
  issuerPrefix,
  subjectPrefix,
  thresholdSources,
  thumbprintMethod,
} from './grant-claims.ts'

/**
 * Writes the grants of one ledger for one set of features, in the one encoding they have, straight into a buffer: no grant costs a map,
 * a sort, or an array of parts. `grant.test.ts` compares each byte with what `encodeCbor` makes of the claims.
 */
export class GrantWriter {
  /** More bytes than any grant of this writer has. */
  readonly mostBytes: number
  readonly #begin: Uint8Array
  readonly #features: Uint8Array

  constructor({ logId, features }: Pick<Grant, 'logId' | 'features'>) {
    const issuer = new Uint8Array(2 * logId.length)
    writeHex(issuer, 0, logId)
    const claims = Object.keys(claim).length
    const tag = encodeCbor({ tag: grantTag, value: 0 }).slice(0, -1)
    const prefix = utf8(issuerPrefix)
    this.#begin = concat(
      tag,
      head(5, claims),
      head(0, claim.issuer),
      head(3, prefix.length + issuer.length),
      prefix,
      issuer,
    )
    this.#features = concat(privateKey(claim.features), encodeCbor(features))
    this.mostBytes = this.#begin.length + this.#features.length + roomForTheRest
  }

  /** Writes a grant, and gives the place behind it. Its log and features are the writer's. */
  write(target: Uint8Array, start: number, grant: Grant): number {
    target.set(this.#begin, start)
    let at = writeSubject(target, start + this.#begin.length, grant.machine)
    at = writeField(target, at, claim.expires, grant.expires)
    at = writeField(target, at, claim.notBefore, grant.notBefore)
    at = writeField(target, at, claim.issued, grant.issued)
    target[at] = claim.cti
    at = writeBytes(target, at + 1, grant.cti)
    target.set(confirmationHead, at)
    at = writeBytes(target, at + confirmationHead.length, grant.machine)
    target[at] = claim.nonce
    at = writeBytes(target, at + 1, grant.nonce)
    at = writeBytes(target, writeKey(target, at, claim.product), grant.product)
    at = writeBytes(target, writeKey(target, at, claim.anchor), grant.anchor)
    at = writePrivate(target, at, claim.count, grant.count)
    at = writePrivate(target, at, claim.threshold, grant.threshold)
    at = writePrivate(target, at, claim.thresholdSource, thresholdSources.indexOf(grant.thresholdSource))
    at = writePrivate(target, at, claim.activationMinutes, grant.activationMinutes)
    at = writePrivate(target, at, claim.renewalMinutes, grant.renewalMinutes)
    target.set(this.#features, at)
    at = writePrivate(target, at + this.#features.length, claim.index, grant.index)
    at = writeBytes(target, writeKey(target, at, claim.req), grant.req)
    at = writeBytes(target, writeKey(target, at, claim.detailsDigest), grant.detailsDigest)
    at = writePrivate(target, at, claim.state, grant.state)
    return writePrivate(target, at, claim.flags, encodeFlags(grant.flags))
  }
}

/** Seven byte strings, one of them as digits, and ten numbers of nine bytes, each with its key. */
const roomForTheRest = 512

const subjectStart = utf8(subjectPrefix)
const confirmationHead = Uint8Array.of(claim.confirmation, 0xa1, thumbprintMethod)
const digits = utf8('0123456789abcdef')

function head(major: number, argument: number): Uint8Array {
  const bytes = new Uint8Array(9)
  return bytes.slice(0, writeHead(bytes, 0, major, argument))
}

function privateKey(key: number): Uint8Array {
  return head(1, -1 - key)
}

function writeSubject(target: Uint8Array, start: number, machine: Uint8Array): number {
  target[start] = claim.subject
  const at = writeHead(target, start + 1, 3, subjectStart.length + 2 * machine.length)
  target.set(subjectStart, at)
  return writeHex(target, at + subjectStart.length, machine)
}

function writeHex(target: Uint8Array, start: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = Number(bytes[index])
    target[start + 2 * index] = Number(digits[byte >> 4])
    target[start + 2 * index + 1] = Number(digits[byte & 15])
  }
  return start + 2 * bytes.length
}

function writeKey(target: Uint8Array, at: number, key: number): number {
  return writeHead(target, at, 1, -1 - key)
}

function writePrivate(target: Uint8Array, at: number, key: number, value: number): number {
  return writeHead(target, writeKey(target, at, key), 0, value)
}

function writeField(target: Uint8Array, at: number, key: number, value: number): number {
  target[at] = key
  return writeHead(target, at + 1, 0, value)
}
