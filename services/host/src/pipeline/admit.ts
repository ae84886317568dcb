import { equal, toHex } from '@volact/core/bytes'
import type { OpenedRequest } from '@volact/core/document/request'
import type { Instant } from '@volact/core/time'
import type { License } from '../state/log-state.ts'
import { firstContactSkew } from './limits.ts'

/** What is known when a request has been authenticated. */
export interface AdmissionCase {
  readonly opened: OpenedRequest
  /** The license it is for (log × machine × product), if it was ever granted and not released. */
  readonly license: License | undefined
  readonly logId: Uint8Array
  /** Whether the request would change what is known of its machine: take back a release, or name other hardware. */
  readonly isChange: boolean
  /** Whether the challenge in the request is one of ours, and of now. */
  readonly isChallengeGood: boolean
}

/** What to do with an authenticated request: decide it, answer as before, have it signed anew, or refuse it. */
export type Admission =
  | { readonly kind: 'decide' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'challenge' }
  | { readonly kind: 'wrong-log'; readonly named: string }

/**
 * Decides whether a request may change anything (rules 13–18, in their simple form): one whose `prev` is the last grant, an answer to
 * a challenge, or a first contact, or one like it, whose signed time is about now. The bytes of the last granted request get the old entry again.
 * All else may be a recording, and is answered by a challenge: so is whatever names other hardware than the machine was last seen
 * with (rules 16, 36), and the first request of an ephemeral machine, which would take the place of another one (rule 38).
 */
export function admit({ opened, license, isChange, logId, isChallengeGood }: AdmissionCase, now: Instant): Admission {
  const { request, digest } = opened
  if (request.audience.kind === 'log' && !equal(request.audience.logId, logId)) {
    return { kind: 'wrong-log', named: toHex(request.audience.logId) }
  }
  if (license !== undefined && equal(digest, license.req) && now < license.expires) {
    return { kind: 'repeat' }
  }
  if (isChallengeGood) return { kind: 'decide' }
  if (isChange) return { kind: 'challenge' }
  if (license !== undefined) return { kind: isLastGrant(request.prev, license) ? 'decide' : 'challenge' }
  if (request.flags.ephemeral) return { kind: 'challenge' }
  return { kind: Math.abs(request.time - now) <= firstContactSkew ? 'decide' : 'challenge' }
}

/** The answer to a challenge is named in its own right, so that it cannot pass as a renewal once it is too late. */
function isLastGrant(prev: Uint8Array | undefined, { cti }: License): boolean {
  return prev !== undefined && equal(prev, cti)
}
