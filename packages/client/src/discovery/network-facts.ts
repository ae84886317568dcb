/** What the operating system says about the domains of this machine, as it says it; what cannot be read is left out. */
export interface NetworkFacts {
  /** The domain that the machine itself belongs to. */
  readonly primary?: string
  /** The domains that networks have given to it. */
  readonly dhcp: readonly string[]
  readonly searchList: readonly string[]
  /** Whether a DNS server is configured. */
  readonly hasServers: boolean
  /** `IP:PORT` of the DNS servers to ask; where nothing is given, those that the operating system would. */
  readonly servers?: readonly string[]
}

/** Finds out about the domains of this machine. */
export type NetworkProbe = () => Promise<NetworkFacts>
