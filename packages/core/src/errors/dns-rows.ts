/** Rows of DNS: a host is looked for there, and is published there. The numbers are those of the reference. */
export const dnsRows = [
  {
    name: 'DNS_NAME_MISSING',
    number: 0x8007232b,
    exit: 3,
    meaning: 'DNS has no record of an activation host: the name does not exist.',
    cause: 'No host is published in the domain, or the domain is the wrong one.',
    remedy: 'Publish the SRV record, name the host with "volact client host set", or name the domain with --domain.',
  },
  {
    name: 'DNS_NO_RECORDS',
    number: 0x8007251d,
    exit: 3,
    meaning: 'DNS knows the name but has no SRV record under it.',
    cause: 'The zone was prepared for activation, but no host is published in it, or the last one was withdrawn.',
    remedy: 'Publish the SRV record of the host, or name the host with "volact client host set".',
  },
  {
    name: 'DNS_SERVER_FAILED',
    number: 0x8007232a,
    exit: 3,
    meaning: 'The DNS server failed or gave no answer.',
    cause: 'The server is down, is not reachable from here, or failed to ask others.',
    remedy:
      'Check the DNS servers of this machine; a host that is named with "volact client host set" needs no SRV record.',
  },
  {
    name: 'DNS_NO_SUFFIX',
    number: 0x8007007b,
    exit: 3,
    meaning: 'There is no domain in which a host could be looked for.',
    cause: 'This machine has no primary domain, got none from DHCP, and has no search list.',
    remedy: 'Set the domain of the machine, name one with --domain, or name the host with "volact client host set".',
  },
  {
    name: 'DNS_NOT_CONFIGURED',
    number: 0x8007267c,
    exit: 3,
    meaning: 'No DNS server is configured on this machine.',
    cause: 'The network is not up, or its settings name no DNS server.',
    remedy: 'Configure a DNS server, or name the host by its address with "volact client host set".',
  },
  {
    name: 'DNS_UPDATE_REFUSED',
    number: 0x80072338,
    exit: 10,
    meaning: 'The DNS server refused to change the record of the host: it did not accept the signature.',
    cause: 'The key for updates is missing or wrong, the clocks differ, or another host owns the record.',
    remedy: 'Give this host the right to change its SRV record, or write the record into the zone by hand.',
  },
] as const
