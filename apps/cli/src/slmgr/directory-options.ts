import type { OptionSection, Standing } from './option.ts'
import { key, one, oneOrNone } from './parameters.ts'

const directory: Standing = {
  kind: 'not-yet',
  needs:
    'activation objects in the directory ("volact directory"); until then a host activates the machines of a domain',
}

/** Activation by the directory. */
export const directoryOptions: OptionSection = {
  title: 'Directory-based activation options',
  options: [
    {
      name: 'ad-activation-online',
      parameters: [key, oneOrNone('NAME')],
      does: 'activate the whole forest with a host key',
      elevated: 'container',
      standing: directory,
    },
    {
      name: 'ad-activation-get-iid',
      parameters: [key],
      does: 'show the installation ID of the forest for the telephone',
      elevated: 'container',
      standing: directory,
    },
    {
      name: 'ad-activation-apply-cid',
      parameters: [key, one('CID'), oneOrNone('NAME')],
      does: 'put in the confirmation ID of the forest',
      elevated: 'container',
      standing: directory,
    },
    {
      name: 'ao-list',
      parameters: [],
      does: 'list the activation objects of the directory',
      elevated: 'no',
      standing: directory,
    },
    {
      name: 'del-ao',
      parameters: [one('DN|RDN')],
      does: 'delete an activation object',
      elevated: 'container',
      standing: directory,
    },
  ],
}
