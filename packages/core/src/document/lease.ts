import { decodeCbor } from '../cbor/decode.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { expectArray, expectBytes, expectText, expectUint } from '../cbor/expect.ts'
import { ActivationError } from '../errors/activation-error.ts'
import { textLimit } from './limits.ts'
import { parseReceipt, withoutConsistency } from './receipt.ts'
import { requireVersion } from './require-version.ts'
import { fileMark } from '../product-name.ts'

/** What an answer grants: an entry of the ledger, the proof that it stands there, and whose ledger it is. */
export interface Lease {
  /** The bytes of the grant as the ledger stores them. */
  readonly entry: Uint8Array
  /** A COSE Receipt (RFC 9942). */
  readonly receipt: Uint8Array
  /** Certificates in DER, leaf first, without the root. */
  readonly chain: readonly Uint8Array[]
}

/** The text that lease files begin with. */
export const leaseFileMark: string = fileMark('lease')

/** Writes a lease as a file that needs nothing but a root to be checked; a consistency proof is left out. */
export function encodeLeaseFile({ entry, receipt, chain }: Lease): Uint8Array {
  return encodeCbor([leaseFileMark, version, entry, withoutConsistency(receipt), chain])
}

/**
 * Reads a lease file without verifying it (protocol.md §9.2). It is closed, so that each of its bits is either covered by
 * a signature or refused: `MALFORMED`, `UNSUPPORTED_VERSION`, or what `parseReceipt` throws.
 */
export function parseLeaseFile(bytes: Uint8Array): Lease {
  const [mark = null, number = null, entry = null, receipt = null, chain = null] = expectArray(
    decodeCbor(bytes),
    what,
    5,
  )
  expectMark(expectText(mark, `${what}: mark`, textLimit))
  requireVersion(expectUint(number, `${what}: version`), version, what)
  const lease = {
    entry: expectBytes(entry, `${what}: entry`),
    receipt: expectBytes(receipt, `${what}: receipt`),
    chain: expectArray(chain, `${what}: chain`).map((der) => expectBytes(der, `${what}: certificate`)),
  }
  if (lease.chain.length === 0) throw new ActivationError('MALFORMED', `${what}: the chain is empty`)
  if (parseReceipt(lease.receipt).consistency !== undefined) {
    throw new ActivationError('MALFORMED', `${what}: its receipt must hold no consistency proof`)
  }
  return lease
}

const what = 'lease file'

const version = 1

function expectMark(mark: string): void {
  if (mark !== leaseFileMark) throw new ActivationError('MALFORMED', `this is no ${what}: it begins with "${mark}"`)
}
