import type { OptionSection, Standing } from './option.ts'
import { one } from './parameters.ts'

const settings: Standing = { kind: 'not-yet', needs: 'the settings of the host' }
const dns: Standing = {
  kind: 'not-yet',
  needs: 'publishing by the host; until then the SRV record is made by hand',
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
      standing: {
        kind: 'not-yet',
        needs: 'the settings of the host; until then "volact host serve --listen ADDRESS:PORT" sets the port',
      },
    },
    {
      name: 'sai',
      parameters: [one('MINUTES')],
      does: 'set how often a machine without a license asks, 15 to 43200 minutes',
      elevated: 'yes',
      standing: settings,
    },
    {
      name: 'sri',
      parameters: [one('MINUTES')],
      does: 'set how often a license is renewed, 15 to 43200 minutes',
      elevated: 'yes',
      standing: settings,
    },
    { name: 'sdns', parameters: [], does: 'publish the host in DNS', elevated: 'yes', standing: dns },
    { name: 'cdns', parameters: [], does: 'do not publish the host in DNS', elevated: 'yes', standing: dns },
    {
      name: 'spri',
      parameters: [],
      does: 'give the host the usual priority among the programs of its machine',
      elevated: 'yes',
      standing: settings,
    },
    {
      name: 'cpri',
      parameters: [],
      does: 'give the host a low priority among the programs of its machine',
      elevated: 'yes',
      standing: settings,
    },
  ],
}
