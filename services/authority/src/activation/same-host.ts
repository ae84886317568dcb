import { equal } from '@volact/core/bytes'
import type { Vector } from '@volact/core/document/hardware-id'
import { compareVectors, vectorComponents } from '@volact/core/licensing/vector'

// What differs between two computers of one model. All else is equal in a rack of the same servers, and a virtual machine
// is never out of tolerance (its weights come to 21 of the 25): tolerance alone would take six hosts for one.
const distinctive = vectorComponents.flatMap(({ name }, position) =>
  ['disk', 'network card'].includes(name) ? [position] : [],
)

/**
 * Whether two vectors are of one host whose anchor has changed, as when its board was replaced: within tolerance, and the
 * disk or the network card is still the same one.
 */
export function isSameHost(before: Vector, after: Vector, machine: { readonly virtual: boolean }): boolean {
  const keptSome = distinctive.some((position) => {
    const [old, now] = [before[position] ?? null, after[position] ?? null]
    return old !== null && now !== null && equal(old, now)
  })
  return keptSome && compareVectors(before, after, machine).withinTolerance
}
