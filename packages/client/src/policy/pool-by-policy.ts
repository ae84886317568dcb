import type { EphemeralOptions } from '../identity/ephemeral.ts'
import type { PolicyState } from './policy.ts'

/** The pool that the administrator has put this machine into (rule 38). All programs of the machine are one machine of it. */
export function poolByPolicy(found: PolicyState): EphemeralOptions | undefined {
  if (found.kind !== 'valid' || found.policy.poolToken === undefined) return undefined
  return { poolToken: found.policy.poolToken, continues: true }
}
