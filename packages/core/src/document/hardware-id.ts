import { expectArray, expectBytes } from '../cbor/expect.ts'
import type { CborValue } from '../cbor/value.ts'
import { componentDigestLength, vectorComponents } from '../licensing/vector.ts'
import type { Vector } from '../licensing/vector.ts'
import { digestLength } from './limits.ts'

export type { Vector } from '../licensing/vector.ts'

/** What identifies the hardware of a host (rule 9): 32 bytes to be equal, and the components to be similar. */
export interface HardwareId {
  readonly anchor: Uint8Array
  readonly vector: Vector
}

/** Reads a vector; `what` names it in messages. */
export function parseVector(value: CborValue, what: string): Vector {
  const components = expectArray(value, what, vectorComponents.length)
  return components.map((component, index) =>
    component === null ? null : expectBytes(component, `${what}[${index}]`, componentDigestLength),
  )
}

/** Gives the hardware ID as documents carry it. */
export function encodeHardwareId({ anchor, vector }: HardwareId): CborValue {
  return [anchor, vector]
}

/** Reads a hardware ID. */
export function parseHardwareId(value: CborValue, what: string): HardwareId {
  const [anchor = null, vector = null] = expectArray(value, what, 2)
  return {
    anchor: expectBytes(anchor, `${what}: anchor`, digestLength),
    vector: parseVector(vector, `${what}: vector`),
  }
}
