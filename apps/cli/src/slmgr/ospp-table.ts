import type { OldOption, OptionSection, Parameter } from './option.ts'
import { key, one, oneOrNone } from './parameters.ts'
import { slmgrOptions } from './slmgr-table.ts'

const noTokens =
  'nothing is activated by smart cards: a machine proves itself by its own key; "volact client status" shows what it holds'
const noService = 'no service of the office suite is involved; "volact client status" says when the next attempt is'
const noHistory = 'a history on the machine; until then "volact client status" says how the license stands'

/** Every option of ospp: another name for one of slmgr, or with an output of its own. */
export const osppSections: readonly OptionSection[] = [
  {
    title: 'Global options',
    options: [
      alias('act', 'ato', [], 'activate every installed product now'),
      alias('inpkey', 'ipk', [key], 'install the public setup key of a product'),
      own('unpkey', one('LAST5'), 'remove the key with these last five characters', 'volact client key remove'),
      alias('inslic', 'ilc', [one('FILE')]),
      own('dstatus', undefined, 'show the products whose keys are installed', 'volact client status'),
      own('dstatusall', undefined, 'show the same: what has no key is not licensed', 'volact client status', 'dstatus'),
      notYet('dhistoryacterr', 'show failed activations', noHistory),
      alias('dinstid', 'dti', []),
      alias('actcid', 'atp', [one('CID')]),
      own(
        'rearm',
        oneOrNone('SKU'),
        'begin the graces of this machine again, or of one product',
        'volact client rearm',
        'rearm-any',
      ),
      own('ddescr', one('CODE'), 'say what an error means and what to do', 'volact explain CODE'),
    ],
  },
  {
    title: 'KMS client options',
    options: [
      notYet('dhistorykms', 'show the activations by hosts', noHistory),
      own('dcmid', undefined, 'show the machine ID', 'volact client status'),
      alias('sethst', 'skms', [one('NAME[:PORT]')], 'ask this host, and look for no other'),
      own('setprt', one('PORT'), 'change the port of the host that is set', 'volact client host set NAME:PORT'),
      alias('remhst', 'ckms', []),
      own(
        'cachst',
        one('TRUE|FALSE'),
        'ask the host that answered last first, or look for one each time',
        'volact client host caching on|off',
      ),
      alias('actype', 'act-type', [oneOrNone('0|1|2')]),
      alias('skms-domain', 'skms-domain', [one('FQDN')]),
      alias('ckms-domain', 'ckms-domain', []),
    ],
  },
  {
    title: 'Token-based activation options',
    options: [
      gone('dtokils', undefined, 'list the issuance licenses', noTokens),
      gone('rtokil', one('ILID'), 'remove an issuance license', noTokens),
      gone('stokflag', undefined, 'activate by smart cards only', noTokens),
      gone('ctokflag', undefined, 'activate by other ways than smart cards, too', noTokens),
      gone('dtokcerts', undefined, 'list the certificates for activation', noTokens),
      gone('tokact', one('THUMBPRINT[:PIN]'), 'activate with a certificate', noTokens),
    ],
  },
  {
    title: 'Service options',
    options: [
      gone('osppsvcrestart', undefined, 'restart the service of the office suite', noService),
      gone('osppsvcauto', undefined, 'start the service of the office suite with the machine', noService),
    ],
  },
]

/** The same without the sections. */
export const osppOptions: readonly OldOption[] = osppSections.flatMap(({ options }) => options)

/** Another name for an option of slmgr. There are no hosts here: ospp is for machines. */
function alias(name: string, verb: string, parameters: readonly Parameter[], does?: string): OldOption {
  const option = slmgrOptions.find((candidate) => candidate.name === verb)
  if (option === undefined) throw new Error(`slmgr has no option "${verb}"`)
  const { standing } = option
  const { client } = standing.kind === 'connected' ? standing : {}
  return {
    ...{ name, parameters, does: does ?? option.does, elevated: 'yes', verb },
    standing: client === undefined ? standing : { kind: 'connected', client },
  }
}

function own(
  name: string,
  parameter: Parameter | undefined,
  does: string,
  client: string,
  verb: string = name,
): OldOption {
  return { name, ...taking(parameter), does, elevated: 'yes', standing: { kind: 'connected', client }, verb }
}

function notYet(name: string, does: string, needs: string): OldOption {
  return { name, parameters: [], does, elevated: 'yes', standing: { kind: 'not-yet', needs } }
}

function gone(name: string, parameter: Parameter | undefined, does: string, why: string): OldOption {
  return { name, ...taking(parameter), does, elevated: 'yes', standing: { kind: 'no-counterpart', why } }
}

function taking(parameter: Parameter | undefined): Pick<OldOption, 'parameters'> {
  return { parameters: parameter === undefined ? [] : [parameter] }
}
