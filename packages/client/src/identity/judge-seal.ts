import { judgeHardware, type HardwareJudgement } from '@volact/core/licensing/hardware'
import type { Digest, HardwareEvidence } from '@volact/core/licensing/hardware-evidence'
import { equal } from '@volact/core/bytes'
import type { FoundHardware } from '../hardware/found-hardware.ts'
import { evidenceFor, newSeal, type Seal } from './seal.ts'

/** What a seal says to the hardware that was found, and the seal that would fit it. */
export interface SealJudgement {
  readonly judgement: HardwareJudgement | 'unsealed'
  readonly fitting: Seal
  /** Whether the fitting seal says more, or something else, than the one that lies there. */
  readonly isNew: boolean
}

/**
 * Judges the hardware by the seal. What this account cannot read now stays in the seal, since other accounts can read it. A component
 * counts as unchanged then; a part of the anchor as unknown, for one that is equal makes it the same machine.
 */
export function judgeSeal(seal: Seal | undefined, { kind, facts }: FoundHardware): SealJudgement {
  const before = seal ?? newSeal()
  const found = evidenceFor(before, facts)
  const kept = before.evidence[kind]
  const known = kept === undefined ? found : filledUp(found, kept)
  return {
    judgement: kept === undefined ? 'unsealed' : judgeHardware(kept, { ...known, anchorParts: found.anchorParts }),
    fitting: { ...before, evidence: { ...before.evidence, [kind]: known } },
    isNew: kept === undefined || !isSameEvidence(kept, known),
  }
}

function filledUp(found: HardwareEvidence, kept: HardwareEvidence): HardwareEvidence {
  const [uuid, board, disk] = found.anchorParts
  const [keptUuid, keptBoard, keptDisk] = kept.anchorParts
  return {
    anchorParts: [uuid ?? keptUuid, board ?? keptBoard, disk ?? keptDisk],
    vector: found.vector.map((digest, place) => digest ?? kept.vector[place] ?? null),
    virtual: found.virtual,
  }
}

function isSameEvidence(a: HardwareEvidence, b: HardwareEvidence): boolean {
  const [before, after] = [a, b].map(({ anchorParts, vector }) => [...anchorParts, ...vector])
  return a.virtual === b.virtual && (before ?? []).every((digest, place) => isSame(digest, after?.[place] ?? null))
}

function isSame(a: Digest, b: Digest): boolean {
  return a === null || b === null ? a === b : equal(a, b)
}
