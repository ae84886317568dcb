import { canonicalTarget, type SrvRecord } from '@volact/core/wire/srv-order'
import { isHostName } from '../host-address.ts'

/** Where the hosts that DNS names may be (rule 51). */
export interface Following {
  /** Those that are searched, and those that the administrator has listed. */
  readonly zones: readonly string[]
  /** Whether every grant is checked for its customer, so that a host may be anywhere. */
  readonly pinned: boolean
}

/** Says why a target is not followed; nothing where it is. What DNS says is anybody's word. */
export function reasonToIgnore(
  { target, port }: Pick<SrvRecord, 'target' | 'port'>,
  { zones, pinned }: Following,
): string | undefined {
  const name = canonicalTarget(target)
  if (!isHostName(name)) return 'it is no name of a host'
  if (port === 0) return 'port 0 is none'
  if (pinned || zones.some((zone) => name === zone || name.endsWith(`.${zone}`))) return undefined
  return `it lies outside ${zones.join(', ')}: add its domain to "trusted-domains" in the policy if it is yours`
}
