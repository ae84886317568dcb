import type { Note } from '../folder/kept-file.ts'
import type { ClientFiles } from '../folder/client-files.ts'
import type { Policy, PolicyState } from '../policy/policy.ts'
import { type LastGoodHost, readHostSettings, type ScopeSettings } from './host-settings.ts'

/** Everything that is set about hosts, as it can be printed. */
export interface HostSettingsReport {
  readonly machine: ScopeSettings
  /** By application ID. */
  readonly applications: Readonly<Record<string, ScopeSettings>>
  /** By activation ID. */
  readonly products: Readonly<Record<string, ScopeSettings>>
  readonly caching: boolean
  /** By activation ID. */
  readonly lastGood: Readonly<Record<string, LastGoodHost>>
  readonly policy: PolicyReport
  /** What a person should know about them: what stands above what, and what is not used. */
  readonly notes: readonly string[]
}

/** What the administrator's policy says, as it can be printed. */
export interface PolicyReport extends ScopeSettings {
  readonly state: PolicyState['kind']
  /** Where it lies, or would lie. */
  readonly path: string
  /** What is wrong with an invalid one. */
  readonly problem?: string
  readonly site?: string
  readonly trustedDomains?: readonly string[]
  readonly customer?: string
  readonly reportName?: Policy['reportName']
  readonly poolTokenFile?: string
  readonly applications?: Readonly<Record<string, ScopeSettings>>
  readonly products?: Readonly<Record<string, ScopeSettings>>
}

/** Reports what is set, and which of it stands back behind something else. */
export function reportHostSettings(files: ClientFiles, policy: PolicyState): HostSettingsReport {
  const notes: string[] = []
  const note: Note = (text) => notes.push(text)
  const { machine, applications, products, caching, lastGood } = readHostSettings(files, note)
  const sets = [machine, ...applications.values(), ...products.values()]
  if (sets.some(({ host, domain }) => host !== undefined && domain !== undefined)) note(domainLoses)
  return {
    machine,
    applications: Object.fromEntries(applications),
    products: Object.fromEntries(products),
    caching,
    lastGood: Object.fromEntries(lastGood),
    policy: reportPolicy(policy),
    notes: [...notes, ...policyNotes(policy, sets)],
  }
}

/** Writes out what was found where the policy lies. */
export function reportPolicy(found: PolicyState): PolicyReport {
  const { kind: state, path } = found
  if (found.kind === 'none') return { state, path }
  if (found.kind === 'invalid') return { state, path, problem: found.problem }
  // Named one by one: the token of a pool is a secret, and no report has it.
  const { machine, applications, products, trustedDomains, site, customer, reportName, poolTokenFile } = found.policy
  return {
    ...{ state, path },
    ...machine,
    reportName,
    ...(site !== undefined && { site }),
    ...(customer !== undefined && { customer }),
    ...(poolTokenFile !== undefined && { poolTokenFile }),
    ...(trustedDomains.length > 0 && { trustedDomains }),
    ...(applications.size > 0 && { applications: Object.fromEntries(applications) }),
    ...(products.size > 0 && { products: Object.fromEntries(products) }),
  }
}

/** A domain of the policy stands above a host that is set here, too. */
function isBelow(key: keyof ScopeSettings, set: ScopeSettings): boolean {
  return set[key] !== undefined || (key === 'domain' && set.host !== undefined)
}

const domainLoses = 'a host is set, so the domain is not searched: clear the host to find one by DNS'

function policyNotes(found: PolicyState, sets: readonly ScopeSettings[]): readonly string[] {
  if (found.kind === 'none') return []
  if (found.kind === 'invalid') return [`nothing is activated before this is put right: ${found.problem}`]
  const { machine, applications, products } = found.policy
  const above = [machine, ...applications.values(), ...products.values()]
  const words = { host: 'a host', domain: 'a domain', activationType: 'the type of activation' } as const
  return (['host', 'domain', 'activationType'] as const)
    .filter((key) => above.some((set) => set[key] !== undefined) && sets.some((set) => isBelow(key, set)))
    .map((key) => `the policy ${found.path} names ${words[key]}, which stands above what is set here`)
}
