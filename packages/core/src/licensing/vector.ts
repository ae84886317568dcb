import { equal } from '../bytes.ts'
import { encodeCbor } from '../cbor/encode.ts'
import { sha256 } from '../crypto.ts'
import { type Component, presentComponent } from './component.ts'

/**
 * The ten components in the order of the vector, with what a change of each weighs, in all and on a virtual machine,
 * where processor, board and network card are the hypervisor's and say nothing (rule 36).
 */
export const vectorComponents = [
  { name: 'disk', weight: 11, virtualWeight: 11 },
  { name: 'firmware', weight: 9, virtualWeight: 0 },
  { name: 'processor', weight: 3, virtualWeight: 0 },
  { name: 'IDE controller', weight: 3, virtualWeight: 3 },
  { name: 'SCSI controller', weight: 2, virtualWeight: 2 },
  { name: 'network card', weight: 2, virtualWeight: 0 },
  { name: 'audio', weight: 2, virtualWeight: 2 },
  { name: 'memory', weight: 1, virtualWeight: 1 },
  { name: 'display', weight: 1, virtualWeight: 1 },
  { name: 'optical drive', weight: 1, virtualWeight: 1 },
] as const

/** The weight of changes, of 35, at which a machine is another one and must be activated again. */
export const reactivationDistance = 25

/** Length of one digest of a vector, in bytes. */
export const componentDigestLength = 8

/** Ten digests of 8 bytes, null for what is absent. */
export type Vector = readonly (Uint8Array | null)[]

/** How far apart two vectors are: 0 to 35. */
export interface VectorComparison {
  readonly distance: number
  readonly withinTolerance: boolean
}

/**
 * Computes the vector of ten components in the order of `vectorComponents`; another number of them is a bug. Each digest
 * is salted by vendor and position, so that vendors cannot compare theirs, nor one disk be found in two places.
 */
export function vectorOf(vendorId: string, components: readonly Component[]): Vector {
  requireTen(components)
  return components.map((component, position) => {
    const present = presentComponent(component)
    if (present === undefined) return null
    return sha256(encodeCbor([vendorId, position, present])).slice(0, componentDigestLength)
  })
}

/** Weighs what changed between two vectors of one machine. Absent before and after is no change; come or gone is one. */
export function compareVectors(before: Vector, after: Vector, machine: { virtual: boolean }): VectorComparison {
  requireTen(before)
  requireTen(after)
  const distance = vectorComponents
    .filter((_, position) => !isSame(before[position] ?? null, after[position] ?? null))
    .reduce((sum, { weight, virtualWeight }) => sum + (machine.virtual ? virtualWeight : weight), 0)
  return { distance, withinTolerance: distance < reactivationDistance }
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : equal(a, b)
}

function requireTen(list: readonly unknown[]): void {
  if (list.length !== vectorComponents.length) {
    throw new Error(`a vector has ${vectorComponents.length} components, not ${list.length}`)
  }
}
