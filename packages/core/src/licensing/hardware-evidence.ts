import { encodeCbor } from '../cbor/encode.ts'
import { sha256 } from '../crypto.ts'
import type { AnchorSource } from './anchor.ts'
import { type Component, presentComponent } from './component.ts'
import { componentDigestLength, type Vector, vectorOf } from './vector.ts'

/** What is known of a machine's hardware, in digests only (rule 33). */
export interface HardwareEvidence {
  /** Of system UUID, board serial and system-disk serial, in this order. */
  readonly anchorParts: readonly [Digest, Digest, Digest]
  readonly vector: Vector
  readonly virtual: boolean
}

/** A digest of 8 bytes, or null for what is absent. */
export type Digest = Uint8Array | null

/** What the evidence is made of: ten components in the order of the vector beside the parts of the anchor. */
export interface EvidenceSource extends Omit<AnchorSource, 'machineId'> {
  readonly components: readonly Component[]
}

/** Computes what is kept of the hardware to judge by later, salted by vendor like the vector. */
export function evidenceOf(source: EvidenceSource): HardwareEvidence {
  const { vendorId, systemUuid, boardSerial, diskSerial, components, virtual } = source
  const part = (name: string, component: Component): Digest => partDigest(vendorId, name, component)
  return {
    anchorParts: [part('uuid', systemUuid), part('board', boardSerial), part('disk', diskSerial)],
    vector: vectorOf(vendorId, components),
    virtual,
  }
}

function partDigest(vendorId: string, name: string, component: Component): Digest {
  const present = presentComponent(component)
  return present === undefined ? null : sha256(encodeCbor([vendorId, name, present])).slice(0, componentDigestLength)
}
