import type { OptionSection } from './option.ts'
import { one, oneOrNone } from './parameters.ts'

const noTokens =
  'nothing is activated by smart cards: a machine proves itself by its own key; "volact client status" shows what it holds'
const actType = 'nothing is activated by smart cards; "volact slmgr /act-type" chooses between the ways that there are'

/** Activation by smart cards, which has no counterpart. */
export const tokenOptions: OptionSection = {
  title: 'Token-based activation options',
  options: [
    {
      name: 'lil',
      parameters: [],
      does: 'list the issuance licenses',
      elevated: 'no',
      standing: { kind: 'no-counterpart', why: noTokens },
    },
    {
      name: 'ril',
      parameters: [one('ILID'), one('ILvID')],
      does: 'remove an issuance license',
      elevated: 'yes',
      standing: { kind: 'no-counterpart', why: noTokens },
    },
    {
      name: 'ltc',
      parameters: [],
      does: 'list the certificates for activation',
      elevated: 'no',
      standing: { kind: 'no-counterpart', why: noTokens },
    },
    {
      name: 'fta',
      parameters: [one('THUMBPRINT'), oneOrNone('PIN')],
      does: 'activate with a certificate',
      elevated: 'no',
      standing: { kind: 'no-counterpart', why: 'nothing is activated by smart cards: use "volact client activate"' },
    },
    {
      name: 'stao',
      parameters: [],
      does: 'activate by smart cards only',
      elevated: 'yes',
      standing: { kind: 'no-counterpart', why: actType },
    },
    {
      name: 'ctao',
      parameters: [],
      does: 'activate by other ways than smart cards, too',
      elevated: 'yes',
      standing: { kind: 'no-counterpart', why: actType },
    },
  ],
}
