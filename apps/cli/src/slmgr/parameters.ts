import type { Parameter } from './option.ts'

/** A product key. The one parameter that takes one: everywhere else a key is refused, so that it does not end in a log. */
export const key: Parameter = one('KEY')

/** Activation ID or slug of a product; on a host, the ID of a vendor. */
export const actId: Parameter = oneOrNone('ActID')

/** Several of them, or `All`. */
export const actIds: Parameter = { name: 'ActID|All', takes: 'any number' }

/** Makes a parameter that must be given. */
export function one(name: string): Parameter {
  return { name, takes: 'one' }
}

/** Makes a parameter that may be left out. */
export function oneOrNone(name: string): Parameter {
  return { name, takes: 'one or none' }
}
