import type { OptionSection } from './option.ts'
import { actId, one, oneOrNone } from './parameters.ts'

/** Which host a machine asks. */
export const clientOptions: OptionSection = {
  title: 'KMS client options',
  options: [
    {
      name: 'skms',
      parameters: [one('NAME[:PORT]'), actId],
      does: 'ask this host, and look for no other, for the whole machine or for one product; a port alone is not taken',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client host set NAME[:PORT]' },
    },
    {
      name: 'ckms',
      parameters: [actId],
      does: 'forget the host that was set, and look for one in DNS again',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client host clear' },
    },
    {
      name: 'skms-domain',
      parameters: [one('FQDN'), actId],
      does: 'look for hosts in this DNS zone; a host that is set goes before',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client domain set FQDN' },
    },
    {
      name: 'ckms-domain',
      parameters: [actId],
      does: 'forget the DNS zone that was set',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client domain clear' },
    },
    {
      name: 'skhc',
      parameters: [],
      does: 'ask the host that answered last before looking for another, which is the default',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client host caching on' },
    },
    {
      name: 'ckhc',
      parameters: [],
      does: 'look for a host each time, so that priority and weight in DNS decide',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client host caching off' },
    },
    {
      name: 'act-type',
      parameters: [oneOrNone('0|1|2|3'), actId],
      does: 'choose the way of activation: 0 any, 1 by the directory only, 2 by a host only',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client host type any|directory|host' },
    },
  ],
}
