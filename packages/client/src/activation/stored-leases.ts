import { equal, toHex } from '@volact/core/bytes'
import { parseGrant } from '@volact/core/document/grant'
import { type Lease, parseLeaseFile } from '@volact/core/document/lease'
import { type VerifiedAnswer, verifyAnswer } from '@volact/core/document/verify-answer'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type ClientFiles, fileLimits, leaseFile } from '../folder/client-files.ts'
import { type Note, readKept, writeKept } from '../folder/kept-file.ts'
import type { SoldProduct } from '../vendors/vendor.ts'

/** A lease of this machine that has passed every check. */
export interface StoredLease extends VerifiedAnswer {
  /** The file as it lies there. */
  readonly bytes: Uint8Array
  readonly lease: Lease
  /** Hexadecimal digits of the log ID. */
  readonly logId: string
}

type Verdict = { readonly bytes: Uint8Array } & ({ readonly stored: StoredLease } | { readonly problem: string })

/**
 * The leases in a client's folder. A file is never trusted for lying there: whoever can write into the folder could have taken
 * it from another machine, or from an answer that was refused. Each is verified again, once for the same bytes.
 */
export class StoredLeases {
  readonly #files: ClientFiles
  readonly #machineId: Uint8Array
  readonly #verdicts = new Map<string, Verdict>()

  constructor(files: ClientFiles, machineId: Uint8Array) {
    this.#files = files
    this.#machineId = machineId
  }

  /** Reads the lease of a product; nothing when there is none, or one that does not hold, of which a note is made. */
  read(sold: SoldProduct, note: Note): StoredLease | undefined {
    const { activationId } = sold.expected
    const path = leaseFile(this.#files, activationId)
    const kept = { path, maxBytes: fileLimits.lease, what: 'the lease', parse: (bytes: Uint8Array) => bytes }
    const bytes = readKept(kept, note)
    if (bytes === undefined) return undefined
    const verdict = this.#verdict(bytes, sold)
    if ('stored' in verdict) return verdict.stored
    note(`the lease ${path} is ignored: ${verdict.problem}`)
    return undefined
  }

  /** Keeps the lease of an answer that was verified just now, durably, in place of the one before of its product. */
  write({ expected: { activationId } }: SoldProduct, answer: VerifiedAnswer): void {
    const bytes = answer.leaseFile
    writeKept(leaseFile(this.#files, activationId), bytes)
    this.#verdicts.set(activationId, { bytes, stored: storedLease(answer, bytes, parseLeaseFile(bytes)) })
  }

  #verdict(bytes: Uint8Array, sold: SoldProduct): Verdict {
    const { activationId } = sold.expected
    const known = this.#verdicts.get(activationId)
    if (known !== undefined && equal(known.bytes, bytes)) return known
    const verdict = verify(bytes, sold, this.#machineId)
    this.#verdicts.set(activationId, verdict)
    return verdict
  }
}

/** All of protocol.md §10 that needs no memory: what is the request's own is taken from the grant, as it was compared then. */
function verify(bytes: Uint8Array, { vendor, expected }: SoldProduct, machine: Uint8Array): Verdict {
  try {
    const lease = parseLeaseFile(bytes)
    const { req, nonce, anchor } = parseGrant(lease.entry)
    const request = { digest: req, nonce, machine, anchor }
    const opened = verifyAnswer(lease, { roots: vendor.roots, request, product: expected })
    return { bytes, stored: storedLease(opened, bytes, lease) }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return { bytes, problem: error.message }
  }
}

function storedLease(answer: VerifiedAnswer, bytes: Uint8Array, lease: Lease): StoredLease {
  return { ...answer, bytes, lease, logId: toHex(answer.head.logId) }
}
