import { equal } from '../bytes.ts'
import type { Digest, HardwareEvidence } from './hardware-evidence.ts'
import { compareVectors, type VectorComparison } from './vector.ts'

/** What the hardware of now is to the hardware of then. */
export type HardwareJudgement = 'same' | 'changed-within' | 'out-of-tolerance' | 'other-machine'

/**
 * Judges hardware that was kept against hardware that is found (protocol.md §13.5); which is which makes no difference. One equal part of
 * the anchor makes it the same machine, and the vector says how much of it has changed (rule 36). Where all parts differ it is
 * another machine, if they can tell. Else the vector decides alone: within tolerance, and with the same disk or network card,
 * it is the same. Where nothing is known nothing is concluded.
 */
export function judgeHardware(kept: HardwareEvidence, found: HardwareEvidence): HardwareJudgement {
  if (isUnknown(kept) || isUnknown(found)) return 'same'
  // A weight that is none for one of the two is none for both.
  const virtual = kept.virtual || found.virtual
  const vector = compareVectors(kept.vector, found.vector, { virtual })
  const parts = kept.anchorParts.map((part, position) => compareDigests(part, found.anchorParts[position] ?? null))
  if (parts.includes('equal')) return extentOf(vector, parts)
  if (canTell(parts, virtual)) return 'other-machine'
  return vector.withinTolerance && sharesPart(kept, found) ? extentOf(vector, parts) : 'other-machine'
}

type PartComparison = 'equal' | 'different' | 'unknown'

function compareDigests(a: Digest, b: Digest): PartComparison {
  if (a === null || b === null) return 'unknown'
  return equal(a, b) ? 'equal' : 'different'
}

function extentOf(
  { distance, withinTolerance }: VectorComparison,
  parts: readonly PartComparison[],
): HardwareJudgement {
  if (!withinTolerance) return 'out-of-tolerance'
  return distance === 0 && !parts.includes('different') ? 'same' : 'changed-within'
}

/**
 * Whether parts that all differ make another machine. UUID and board serial are one piece, and a piece can be replaced: it takes
 * the disk, too. A virtual machine has no pieces, and its UUID alone tells (rule 34).
 */
function canTell([uuid, board, disk]: readonly PartComparison[], virtual: boolean): boolean {
  if (virtual && uuid === 'different') return true
  return disk === 'different' && (uuid === 'different' || board === 'different')
}

// Places of disk and network card in the vector.
const tellingComponents = [0, 5] as const

function sharesPart(kept: HardwareEvidence, found: HardwareEvidence): boolean {
  return tellingComponents.some(
    (place) => compareDigests(kept.vector[place] ?? null, found.vector[place] ?? null) === 'equal',
  )
}

function isUnknown({ anchorParts, vector }: HardwareEvidence): boolean {
  return [...anchorParts, ...vector].every((digest) => digest === null)
}
