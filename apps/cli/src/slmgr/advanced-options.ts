import type { OptionSection } from './option.ts'
import { actId, one } from './parameters.ts'

const noFiles = 'licenses here are leases, which a host grants and which prove themselves: there are no license files'
const phone = 'activation by codes that people read to each other; until then "volact client activate" asks a host'

/** Keys, graces, and activation without a network. */
export const advancedOptions: OptionSection = {
  title: 'Advanced options',
  options: [
    {
      name: 'cpky',
      parameters: [],
      does: 'wipe the key from the registry',
      elevated: 'yes',
      standing: {
        kind: 'nothing-to-do',
        why: 'There is nothing to wipe: the setup key on a machine is public, and the host key lies in the host’s folder for its owner alone.',
      },
    },
    {
      name: 'ilc',
      parameters: [one('FILE')],
      does: 'install a license file',
      elevated: 'unless set',
      standing: {
        kind: 'no-counterpart',
        why: `${noFiles}; what a vendor sells comes with "volact client vendor add FILE"`,
      },
    },
    {
      name: 'rilc',
      parameters: [],
      does: 'install the shipped license files again',
      elevated: 'unless set',
      standing: { kind: 'no-counterpart', why: `${noFiles}; "volact client activate" fetches a lost lease again` },
    },
    {
      name: 'rearm',
      parameters: [],
      does: 'begin the graces of this machine again, under a new machine ID; nothing needs to be restarted',
      elevated: 'unless set',
      standing: { kind: 'connected', client: 'volact client rearm' },
    },
    {
      name: 'rearm-app',
      parameters: [one('AppID')],
      does: 'begin the graces of one application again',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client rearm --application AppID' },
    },
    {
      name: 'rearm-sku',
      parameters: [one('ActID')],
      does: 'begin the grace of one product again',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client rearm --product ActID' },
    },
    {
      name: 'upk',
      parameters: [actId],
      does: 'remove the key of a product; where several are installed it must be named, so that no other one is hit',
      elevated: 'yes',
      standing: { kind: 'connected', client: 'volact client key remove' },
    },
    {
      name: 'dti',
      parameters: [actId],
      does: 'show the installation ID for the telephone',
      elevated: 'no',
      standing: { kind: 'not-yet', needs: phone },
    },
    {
      name: 'atp',
      parameters: [one('CID'), actId],
      does: 'put in the confirmation ID from the telephone',
      elevated: 'yes',
      standing: { kind: 'not-yet', needs: phone },
    },
  ],
}
