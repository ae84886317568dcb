import type { ErrorCode } from '../errors/table.ts'
import { after, type Duration, type Instant } from '../time.ts'
import type { LicensePolicy } from './license-policy.ts'
import type { HeldLease, LicenseRecord } from './license-record.ts'
import type { LicenseStateName } from './license-states.ts'

/**
 * One thing that keeps a license from being whole. Its time runs through three parts: none of it until `from`, its grace until
 * `graceEnds`, an extended grace until `ends`, and notification ever after. A part may be empty, and `Infinity` is never.
 */
export interface Ground {
  readonly from: Instant
  readonly graceEnds: Instant
  readonly ends: Instant
  readonly graceState: LicenseStateName
  /** The reason while the grace runs, and afterwards. */
  readonly inGrace: ErrorCode
  readonly over: ErrorCode
}

// What was found holds from the beginning of time: a clock that is turned back behind the finding wins nothing.
const always = -Infinity

/**
 * Lists what stands against a license, the weightiest first: what only the vendor can mend, then what belongs to the machine,
 * then mere time. The last is always there, if only in the future.
 */
export function groundsOf(record: LicenseRecord, policy: LicensePolicy): readonly [...Ground[], Ground] {
  const graces = gracesFor(record, policy)
  return [...nonGenuine(record, graces), ...otherHardware(record, graces), term(record, graces)]
}

interface Graces {
  readonly initial: Duration
  readonly outOfTolerance: Duration
  readonly nonGenuine: Duration
  readonly evaluation: Duration
}

/** What an ephemeral machine gets stands in the place of every grace. */
function gracesFor({ ephemeral }: LicenseRecord, policy: LicensePolicy): Graces {
  const { graceSeconds } = policy.ephemeral
  if (ephemeral) {
    return {
      initial: graceSeconds,
      outOfTolerance: graceSeconds,
      nonGenuine: graceSeconds,
      evaluation: graceSeconds,
    }
  }
  return {
    initial: policy.initialGraceSeconds,
    outOfTolerance: policy.outOfToleranceGraceSeconds,
    nonGenuine: policy.nonGenuineGraceSeconds,
    evaluation: policy.evaluationSeconds ?? policy.initialGraceSeconds,
  }
}

/** No extended grace here: it is the vendor's exception from time running out, not from its own revocation. */
function nonGenuine({ nonGenuine: since }: LicenseRecord, graces: Graces): readonly Ground[] {
  if (since === undefined) return []
  const ends = after(since, graces.nonGenuine)
  const reasons = { inGrace: 'IN_NON_GENUINE_GRACE', over: 'NON_GENUINE_GRACE_EXPIRED' } as const
  return [{ from: always, graceEnds: ends, ends, graceState: 'non-genuine-grace', ...reasons }]
}

function otherHardware(record: LicenseRecord, { outOfTolerance }: Graces): readonly Ground[] {
  if (record.hardwareChanged === undefined) return []
  const graceEnds = after(record.hardwareChanged, outOfTolerance)
  const reasons = { inGrace: 'HARDWARE_OUT_OF_TOLERANCE', over: 'HARDWARE_OUT_OF_TOLERANCE' } as const
  return [{ from: always, graceEnds, graceState: 'out-of-tolerance-grace', ...reasons, ...extended(record, graceEnds) }]
}

function term(record: LicenseRecord, graces: Graces): Ground {
  return record.lease === undefined ? neverActivated(record, graces) : leaseTerm(record, record.lease, graces)
}

function neverActivated(record: LicenseRecord, graces: Graces): Ground {
  const isEvaluation = record.key === 'evaluation'
  const graceEnds = after(record.graceBegan, isEvaluation ? graces.evaluation : graces.initial)
  const missed = graces.initial > 0 ? 'GRACE_EXPIRED' : 'NOT_BOUND'
  return {
    from: always,
    graceEnds,
    graceState: 'initial-grace',
    inGrace: 'IN_INITIAL_GRACE',
    over: isEvaluation ? 'EVALUATION_EXPIRED' : missed,
    ...extended(record, graceEnds),
  }
}

/**
 * The grace behind a lease belongs to volume activation. Where a MAK was put in the place of a setup key and never activated, a
 * lease that has ended leads to notification at once.
 */
function leaseTerm(record: LicenseRecord, { expires }: HeldLease, { outOfTolerance }: Graces): Ground {
  const from = expires === 'never' ? Infinity : expires
  const grace = record.key === 'mak' ? 0 : outOfTolerance
  const graceEnds = after(from, grace)
  return {
    from,
    graceEnds,
    graceState: 'out-of-tolerance-grace',
    inGrace: 'IN_OUT_OF_TOLERANCE_GRACE',
    over: grace > 0 ? 'GRACE_EXPIRED' : 'LICENSE_EXPIRED',
    ...extended(record, graceEnds),
  }
}

function extended({ extendedUntil = always }: LicenseRecord, graceEnds: Instant): Pick<Ground, 'ends'> {
  return { ends: Math.max(graceEnds, extendedUntil) }
}
