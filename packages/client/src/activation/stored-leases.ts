import { equal, toHex } from '@volact/core/bytes'
import { type Lease, parseLeaseFile } from '@volact/core/document/lease'
import type { VerifiedAnswer } from '@volact/core/document/verify-answer'
import { ActivationError } from '@volact/core/errors/activation-error'
import { type ClientFiles, fileLimits, leaseFile } from '../folder/client-files.ts'
import { type Note, readKept, removeKept, writeKept } from '../folder/kept-file.ts'
import type { Identity } from '../identity/identity.ts'
import type { SoldProduct } from '../vendors/vendor.ts'
import { isVoid, verifyKeptLease } from './verify-kept-lease.ts'

/** A lease of this machine that has passed every check. */
export interface StoredLease extends VerifiedAnswer {
  /** The file as it lies there. */
  readonly bytes: Uint8Array
  readonly lease: Lease
  /** Hexadecimal digits of the log ID. */
  readonly logId: string
  /** Whether the vendor has revoked what it rests on in such a way that running leases end, too (rule 44). */
  readonly isVoid: boolean
}

/** Of these bytes, for this machine. */
type Verdict = { readonly bytes: Uint8Array; readonly machine: Uint8Array } & (
  { readonly stored: StoredLease } | { readonly problem: string }
)

/**
 * The leases in a client's folder. A file is never trusted for lying there: whoever can write into the folder could have taken
 * it from another machine, or from an answer that was refused. Each is verified again, once for the same bytes.
 */
export class StoredLeases {
  readonly #files: ClientFiles
  readonly #identity: Identity
  readonly #verdicts = new Map<string, Verdict>()

  constructor(files: ClientFiles, identity: Identity) {
    this.#files = files
    this.#identity = identity
  }

  /** Reads the lease of a product; nothing when there is none, or one that does not hold, of which a note is made. */
  read(sold: SoldProduct, note: Note): StoredLease | undefined {
    const { activationId } = sold.expected
    const path = leaseFile(this.#files, activationId)
    const kept = { path, maxBytes: fileLimits.lease, what: 'the lease', parse: (bytes: Uint8Array) => bytes }
    const bytes = readKept(kept, note)
    if (bytes === undefined) return undefined
    if (this.#identity.isElsewhere) {
      note(`the lease ${path} is not used: this folder was made on other hardware`)
      return undefined
    }
    const verdict = this.#verdict(bytes, sold)
    if ('stored' in verdict) return verdict.stored
    note(`the lease ${path} is ignored: ${verdict.problem}`)
    return undefined
  }

  /** Keeps the lease of an answer that was verified just now, durably, in place of the one before of its product. */
  write({ vendor, expected: { activationId } }: SoldProduct, answer: VerifiedAnswer): void {
    const bytes = answer.leaseFile
    writeKept(leaseFile(this.#files, activationId), bytes)
    const stored = storedLease(answer, bytes, parseLeaseFile(bytes), vendor)
    this.#verdicts.set(activationId, { bytes, machine: answer.grant.machine, stored })
  }

  /** Removes the lease of a product, durably: whoever gave it up must not find it again. */
  remove({ expected: { activationId } }: SoldProduct): void {
    removeKept(leaseFile(this.#files, activationId))
  }

  #verdict(bytes: Uint8Array, sold: SoldProduct): Verdict {
    const { activationId } = sold.expected
    const known = this.#verdicts.get(activationId)
    const machine = this.#identity.key.machineId
    if (known !== undefined && equal(known.bytes, bytes) && equal(known.machine, machine)) return known
    const verdict = verify(bytes, sold, machine)
    this.#verdicts.set(activationId, verdict)
    return verdict
  }
}

function verify(bytes: Uint8Array, sold: SoldProduct, machine: Uint8Array): Verdict {
  try {
    const lease = parseLeaseFile(bytes)
    const opened = verifyKeptLease(lease, sold, machine)
    return { bytes, machine, stored: storedLease(opened, bytes, lease, sold.vendor) }
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    return { bytes, machine, problem: error.message }
  }
}

function storedLease(
  answer: VerifiedAnswer,
  bytes: Uint8Array,
  lease: Lease,
  vendor: SoldProduct['vendor'],
): StoredLease {
  return { ...answer, bytes, lease, logId: toHex(answer.head.logId), isVoid: isVoid(answer, vendor) }
}
