import type { OptionSection } from './option.ts'
import { actId, actIds, key } from './parameters.ts'

/** What an administrator does every day. */
export const globalOptions: OptionSection = {
  title: 'Global options',
  options: [
    {
      name: 'ipk',
      parameters: [key],
      does: 'install a product key: on a machine the public setup key of a product, on a host the host key, in place of the one before',
      elevated: 'unless set',
      standing: { kind: 'connected', client: 'volact client key install KEY', host: 'volact host key install KEY' },
    },
    {
      name: 'ato',
      parameters: [actId],
      does: 'activate now: a machine by its host, every installed product where none is named; a host by its vendor, which uses up one of its activations',
      elevated: 'online',
      standing: { kind: 'connected', client: 'volact client activate', host: 'volact host activate' },
    },
    {
      name: 'dli',
      parameters: [actIds],
      does: 'show what is licensed, in short',
      elevated: 'no',
      standing: { kind: 'connected', client: 'volact client status', host: 'volact host status' },
    },
    {
      name: 'dlv',
      parameters: [actIds],
      does: 'show what is licensed, in full',
      elevated: 'no',
      standing: { kind: 'connected', client: 'volact client status', host: 'volact host status' },
    },
    {
      name: 'xpr',
      parameters: [actId],
      does: 'say when the present state ends',
      elevated: 'no',
      standing: { kind: 'connected', client: 'volact client status', host: 'volact host status' },
    },
  ],
}
