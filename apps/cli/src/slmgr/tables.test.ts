import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { fromSlmgrPage } from '../from-slmgr-page.ts'
import { makeProgram } from '../program.ts'
import { clientVerbs } from './client-verbs.ts'
import { hostVerbs } from './host-verbs.ts'
import type { OldOption } from './option.ts'
import { osppOptions } from './ospp-table.ts'
import { rightsHere } from './rights.ts'
import { slmgrOptions } from './slmgr-table.ts'

// Written by hand from the reference.
const slmgrNames = [
  ...['ipk', 'ato', 'dli', 'dlv', 'xpr'],
  ...['cpky', 'ilc', 'rilc', 'rearm', 'rearm-app', 'rearm-sku', 'upk', 'dti', 'atp'],
  ...['skms', 'ckms', 'skms-domain', 'ckms-domain', 'skhc', 'ckhc'],
  ...['sprt', 'sai', 'sri', 'sdns', 'cdns', 'spri', 'cpri', 'act-type'],
  ...['lil', 'ril', 'ltc', 'fta', 'stao', 'ctao'],
  ...['ad-activation-online', 'ad-activation-get-iid', 'ad-activation-apply-cid', 'ao-list', 'del-ao'],
]
const osppNames = [
  ...['act', 'inpkey', 'unpkey', 'inslic', 'dstatus', 'dstatusall', 'dhistoryacterr', 'dhistorykms', 'dinstid'],
  ...['actcid', 'rearm', 'ddescr', 'dcmid', 'sethst', 'setprt', 'remhst', 'cachst', 'actype', 'skms-domain'],
  ...['ckms-domain', 'osppsvcrestart', 'osppsvcauto'],
]

const notYet = [
  ...['dti', 'atp'],
  ...['ad-activation-online', 'ad-activation-get-iid', 'ad-activation-apply-cid', 'ao-list', 'del-ao'],
]

function namesOf(options: readonly OldOption[], kind?: OldOption['standing']['kind']): readonly string[] {
  return options.filter(({ standing }) => kind === undefined || standing.kind === kind).map(({ name }) => name)
}

describe('the table of slmgr', () => {
  it('has every option of the reference, once', () => {
    expect(namesOf(slmgrOptions).toSorted()).toEqual(slmgrNames.toSorted())
  })

  it('says which engines are not there yet', () => {
    expect(namesOf(slmgrOptions, 'not-yet').toSorted()).toEqual(notYet.toSorted())
  })
})

describe('the table of ospp', () => {
  it('has every option of the reference, and no option twice', () => {
    expect(namesOf(osppOptions)).toEqual(expect.arrayContaining(osppNames))
    expect(new Set(namesOf(osppOptions)).size).toBe(osppOptions.length)
  })
})

describe('both tables', () => {
  const both = [...slmgrOptions, ...osppOptions]

  it('connect only what something does', () => {
    const connected = both.flatMap(({ name, verb = name, standing }) =>
      standing.kind === 'connected' && name !== 'ddescr' ? [{ verb, ...standing }] : [],
    )
    const missing = connected.filter(
      ({ verb, client, host }) =>
        (client !== undefined && !(verb in clientVerbs)) || (host !== undefined && !(verb in hostVerbs)),
    )
    expect(missing).toEqual([])
  })

  it('name no command that does not exist', () => {
    const named = [...JSON.stringify(both).matchAll(/\\"(volact [^"\\]*)\\"|"(volact [^"\\]*)"/g)]
    const commands = named.map(([, quoted, whole]) => quoted ?? whole ?? '')
    expect(commands.length).toBeGreaterThan(20)
    expect(commands.filter((text) => !exists(text))).toEqual([])
  })

  it('need an administrator for what looks into the folder of the machine, or will change it', () => {
    const rights = new Map(slmgrOptions.map((option) => [option.name, rightsHere(option)]))
    expect(rights.get('ipk')).toBe('administrator')
    expect(rights.get('dlv')).toBe('administrator')
    expect(rights.get('sai')).toBe('administrator')
    expect(rights.get('cpky')).toBe('any account')
    expect(rights.get('lil')).toBe('any account')
  })

  it('are all on the page for those who come from slmgr', () => {
    const page = fromSlmgrPage()
    expect(both.filter(({ name }) => !page.includes(`| \`/${name}`))).toEqual([])
  })
})

/** What a later version brings may be named by what waits for it. */
const laterCommands = ['volact directory']

function exists(text: string): boolean {
  if (laterCommands.includes(text)) return true
  const nowhere = { out: () => undefined, err: () => undefined, terminal: undefined, now: () => 0, debug: false }
  const surroundings = { platform: 'linux', env: {}, uid: 0 } as const
  const world = { ...nowhere, command: 'volact', surroundings, stop: () => new AbortController().signal }
  const [, ...words] = text.split(' ')
  return leadsTo(
    makeProgram(world, () => undefined),
    words,
  )
}

/** Follows the words down to a command; what comes after are its arguments. */
function leadsTo(command: Command, [word, ...rest]: readonly string[]): boolean {
  const below = command.commands.find((candidate) => candidate.name() === word)
  if (below !== undefined) return leadsTo(below, rest)
  return command.commands.length === 0
}
