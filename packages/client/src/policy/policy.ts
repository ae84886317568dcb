import type { ScopeSettings } from '../hosts/host-settings.ts'

/** What the administrator of the machine has laid down. It stands above every local setting. */
export interface Policy {
  readonly machine: ScopeSettings
  /** By slug or ID, in lower case, as they are written there. */
  readonly applications: ReadonlyMap<string, ScopeSettings>
  readonly products: ReadonlyMap<string, ScopeSettings>
  /** The label of the site, whose own hosts are looked for first. */
  readonly site?: string
  /** Zones whose hosts may be followed beside those of the zones that are searched (rule 51). */
  readonly trustedDomains: readonly string[]
  /** Grants of hosts that are certified for anybody else are refused (rule 11). */
  readonly customer?: string
  /** Whether requests say the name and the addresses of the machine (rule 33). */
  readonly reportName: 'always' | 'never'
  /** A file with the token of the pool that this machine belongs to (rule 38). */
  readonly poolTokenFile?: string
  /** What that file holds; a secret. */
  readonly poolToken?: string
  /** The web proxy through which hosts are reached over HTTPS, as `http://NAME:PORT`, without its password. */
  readonly proxy?: string
  /** A file with `user:password` for it. */
  readonly proxyCredentialsFile?: string
  /** A file with certificates in PEM that are believed of hosts and proxies, beside the usual ones. */
  readonly hostCaFile?: string
}

/** What was found where the policy lies. An invalid one is no policy and no absence of one: it may have held a pin. */
export type PolicyState =
  | { readonly kind: 'none'; readonly path: string }
  | { readonly kind: 'valid'; readonly path: string; readonly policy: Policy }
  | { readonly kind: 'invalid'; readonly path: string; readonly problem: string }

/** The policy of a machine on which nobody has laid down anything. */
export const noPolicy: Policy = {
  machine: {},
  applications: new Map(),
  products: new Map(),
  trustedDomains: [],
  reportName: 'always',
}
