/** The count that a product needs, and who said so. */
export interface EffectiveThreshold {
  readonly threshold: number
  readonly source: 'certificate' | 'policy'
}

/**
 * Decides which threshold holds (rule 10): the host certificate's where it names one, else that of the policy compiled
 * into the client. The host writes the result into the lease, the client computes it again; no pack has a say in it.
 */
export function effectiveThreshold(named: { certificate?: number; policy: number }): EffectiveThreshold {
  return named.certificate === undefined
    ? { threshold: named.policy, source: 'policy' }
    : { threshold: named.certificate, source: 'certificate' }
}
