import { ActivationError } from '@volact/core/errors/activation-error'
import { noPolicy, type Policy, type PolicyState } from './policy.ts'

/** The policy that holds; `POLICY_INVALID` where it cannot be told, so that damage never weakens a pin. */
export function policyInForce(state: PolicyState): Policy {
  switch (state.kind) {
    case 'none':
      return noPolicy
    case 'valid':
      return state.policy
    case 'invalid':
      throw new ActivationError('POLICY_INVALID', state.problem, { data: { path: state.path } })
  }
}
