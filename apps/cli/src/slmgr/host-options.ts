import type { OptionSection, Standing } from './option.ts'
import { one } from './parameters.ts'

function sets(setting: string): Standing {
  return { kind: 'connected', host: `volact host config set ${setting}` }
}

/** How a host serves. */
export const hostOptions: OptionSection = {
  title: 'KMS host options',
  options: [
    {
      name: 'sprt',
      parameters: [one('PORT')],
      does: 'set the port on which the host listens, 1688 where none is set',
      elevated: 'yes',
      standing: sets('listen ADDRESS:PORT'),
    },
    {
      name: 'sai',
      parameters: [one('MINUTES')],
      does: 'set how often a machine without a license asks, 15 to 43200 minutes',
      elevated: 'yes',
      standing: sets('intervals.activation MINUTES'),
    },
    {
      name: 'sri',
      parameters: [one('MINUTES')],
      does: 'set how often a license is renewed, 15 to 43200 minutes',
      elevated: 'yes',
      standing: sets('intervals.renewal MINUTES'),
    },
    {
      name: 'sdns',
      parameters: [],
      does: 'publish the host in DNS, in the zones that host.toml names',
      elevated: 'yes',
      standing: sets('dns.enabled true'),
    },
    {
      name: 'cdns',
      parameters: [],
      does: 'do not publish the host in DNS',
      elevated: 'yes',
      standing: sets('dns.enabled false'),
    },
    {
      name: 'spri',
      parameters: [],
      does: 'give the host the usual priority among the programs of its machine',
      elevated: 'yes',
      standing: sets('priority normal'),
    },
    {
      name: 'cpri',
      parameters: [],
      does: 'give the host a low priority among the programs of its machine',
      elevated: 'yes',
      standing: sets('priority low'),
    },
  ],
}
