import { ActivationError } from '@volact/core/errors/activation-error'
import type { Instant } from '@volact/core/time'
import { type Certificate, extensionValue } from '@volact/core/x509/certificate'
import { extensionOids } from '@volact/core/x509/oids'
import type { View } from './view.ts'

/** What a document is checked against. */
export interface Trust {
  readonly roots: readonly [Certificate, ...Certificate[]]
  /** Certificates that the document does not bring along. */
  readonly chain: readonly Certificate[]
  readonly at: Instant
}

/** How one kind of document is read and checked. What is wrong with the document is thrown as an `ActivationError`. */
export interface Inspector {
  /** Reads it and believes nothing. */
  readonly read: (bytes: Uint8Array) => View
  /** Returns only if the document holds; says then what vouches for it. */
  readonly verify: (bytes: Uint8Array, trust: Trust) => Verified
}

/** A document that holds. */
interface Verified {
  /** A sentence: what was checked. */
  readonly by: string
  /** The root that it rests on, if any. */
  readonly root?: Certificate
}

/** Whether the root is one for tests (rule 11). */
export function isTestRoot(root: Certificate): boolean {
  return extensionValue(root, extensionOids.testRoot) !== undefined
}

/** Makes the check of a kind that nothing but its place in another document can vouch for. */
export function notByItself(why: string): Inspector['verify'] {
  return () => {
    throw new ActivationError('KIND_MISMATCH', `it cannot be verified by itself: ${why}`)
  }
}
