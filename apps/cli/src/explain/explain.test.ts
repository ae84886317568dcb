import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { errorAliases } from '@volact/core/errors/aliases'
import { explainCode } from '@volact/core/errors/explain-code'
import { errorTable } from '@volact/core/errors/table'
import { makeProgram } from '../program.ts'
import { run } from '../run.ts'
import type { World } from '../world.ts'
import { displayWidth } from './display-width.ts'
import { explanationText } from './explanation-text.ts'
import { chooseLanguage, translations } from './language.ts'
import { type Sentences, translatedCodes } from './translation.ts'

const world: World = {
  ...{ command: 'volact', terminal: undefined, debug: false },
  ...{ out: () => undefined, err: () => undefined, now: () => 0, stop: () => new AbortController().signal },
  surroundings: { platform: 'linux', env: {}, uid: 0 },
}
const commands = new Set(
  paths(
    makeProgram(world, () => undefined),
    '',
  ),
)

const loaded = await Promise.all(
  Object.entries(translations).map(async ([name, load]) => ({ name, ...(await load()).translation })),
)
const texts = loaded.flatMap(({ name, errors }) =>
  translatedCodes.map((code) => ({ name, code, said: errors[code], english: rowOf(code) })),
)

describe('the translations', () => {
  it('are of the 25 errors that are met most, into five languages, three sentences each', () => {
    const sentences = texts.flatMap(({ said }) => Object.values(said) as string[])
    expect(loaded.map(({ name }) => name)).toEqual(['cs', 'de', 'fr', 'it', 'ja'])
    expect(sentences.filter((sentence) => sentence.length > 7)).toHaveLength(25 * 5 * 3)
    expect(new Set(translatedCodes).size).toBe(25)
  })

  it.each(loaded)('into $name have all errors and labels, each ended as a sentence is', ({ name, errors, labels }) => {
    expect(Object.keys(errors)).toEqual([...translatedCodes])
    const end = name === 'ja' ? /[。]$/ : /^\p{Lu}?.*\.$/su
    for (const code of translatedCodes)
      for (const text of Object.values(errors[code]) as string[]) expect(text).toMatch(end)
    for (const label of [labels.cause, labels.remedy, labels.exit]) expect(label).toMatch(/:$/)
  })

  it.each(texts)('into $name name the same commands, options and numbers as the English $code', ({ said, english }) => {
    for (const part of ['meaning', 'cause', 'remedy'] as const) {
      expect(technical(said[part]), said[part]).toEqual(technical(english[part]))
    }
  })

  it.each(texts)('into $name leave no English in $code', ({ said }) => {
    const prose = Object.values(said)
      .join(' ')
      .replaceAll(/volact [a-z ]+/g, '')
    expect(prose).not.toMatch(
      /(?<!\p{L})(?:the|and|of|is|with|this|that|been|which|were|they|it|has|are|you)(?!\p{L})/u,
    )
  })

  it('differ from each other and from English', () => {
    const meanings = [...texts.map(({ said }) => said.meaning), ...translatedCodes.map((code) => rowOf(code).meaning)]
    expect(new Set(meanings).size).toBe(meanings.length)
  })
})

describe('a command that an explanation names', () => {
  const said = [
    ...errorTable.flatMap(({ name, meaning, cause, remedy }) => [[name, `${meaning} ${cause} ${remedy}`] as const]),
    ...texts.map(({ name, code, said: one }) => [`${code} in ${name}`, Object.values(one).join(' ')] as const),
    ...errorAliases.map(({ name, why }) => [name, why] as const),
  ]

  it.each(said.filter(([, text]) => commandsIn(text).length > 0))('exists: %s', (_name, text) => {
    for (const one of commandsIn(text)) expect(commands).toContain(one)
  })
})

describe('the language', () => {
  it.each([
    ['de', {}, 'de'],
    ['de-AT', {}, 'de'],
    ['DE', { LANG: 'fr_FR.UTF-8' }, 'de'],
    [undefined, { LANG: 'de_AT.UTF-8' }, 'de'],
    [undefined, { LANG: 'de_DE.UTF-8', LC_MESSAGES: 'ja_JP.UTF-8' }, 'ja'],
    [undefined, { LANG: 'de_DE.UTF-8', LC_MESSAGES: 'ja_JP.UTF-8', LC_ALL: 'cs_CZ' }, 'cs'],
    [undefined, { LANG: 'it_IT', LC_ALL: '' }, 'it'],
    [undefined, { LANG: 'C.UTF-8' }, 'en'],
    [undefined, { LANG: 'POSIX' }, 'en'],
    [undefined, {}, 'en'],
  ])('of --lang %s in %o is %s', async (wish, env, name) => {
    expect(await chooseLanguage(wish, env)).toMatchObject({ name, missing: undefined })
  })

  it.each(['es', 'deutsch', '', '12', 'constructor'])('"%s" is not there, which is said', async (wish) => {
    expect(await chooseLanguage(wish, {})).toEqual({ name: 'en', translation: undefined, missing: wish })
  })
})

describe('an explanation', () => {
  const inGerman = async (code: string): Promise<ReturnType<typeof explanationText>> => {
    const explanation = explainCode(code)
    if (explanation === undefined) throw new Error(`${code} is unknown`)
    return explanationText(explanation, await chooseLanguage('de', {}))
  }

  it('comes in the language, with its labels', async () => {
    const { text, json, notes } = await inGerman('0xC004F038')
    expect(text).toMatch(
      /^COUNT_INSUFFICIENT 0xC004F038\nDer Host .*\n\nWahrscheinliche Ursache: {2}\S.*\nAbhilfe: {18}\S/,
    )
    expect(json).toMatchObject({ code: 'COUNT_INSUFFICIENT', exit: 10, lang: 'de' })
    expect(notes ?? []).toEqual([])
  })

  it('comes in English with one line about that where it is not translated', async () => {
    const { text, json, notes } = await inGerman('LOG_FORKED')
    expect(text).toContain('Likely cause:')
    expect(json).toMatchObject({ lang: 'en' })
    expect(notes).toEqual(['Diese Erklärung gibt es nur auf Englisch.'])
  })

  it('of a number of the same meaning says so first', async () => {
    const { text, json } = await inGerman('0x80092328')
    expect(text).toMatch(/^0x80092328 bedeutet hier dasselbe wie DNS_NAME_MISSING\.\n\nDNS_NAME_MISSING 0x8007232B\n/)
    expect(json).toMatchObject({ asked: '0x80092328', code: 'DNS_NAME_MISSING' })
  })

  it('of a number that is none of ours says where to look', async () => {
    const { text, json } = await inGerman('0xC004F035')
    expect(text).toMatch(/^0xC004F035 gehört zur Volumenaktivierung von Microsoft, nicht zu Volact\.\n.*MAK/)
    expect(json).toMatchObject({ number: '0xC004F035', applies: false })
  })

  it('stands in columns whatever the width of the characters', async () => {
    const explanation = explainCode('CLOCK_SKEW')
    if (explanation === undefined) throw new Error('CLOCK_SKEW is unknown')
    const { text } = explanationText(explanation, await chooseLanguage('ja', {}))
    const columns = text
      .split('\n')
      .slice(3)
      .map((line) => displayWidth(/^\S+(?: \S+)?:\s+/.exec(line)?.[0] ?? ''))
    expect(new Set(columns).size).toBe(1)
  })
})

describe('volact explain', () => {
  it.each([
    ['de_AT.UTF-8', ['0xc004f038'], /Wahrscheinliche Ursache/, ''],
    ['de_AT.UTF-8', ['COUNT_INSUFFICIENT', '--lang', 'fr'], /Cause probable/, ''],
    ['es_ES.UTF-8', ['COUNT_INSUFFICIENT'], /Likely cause/, 'volact: there are no explanations in "es_ES.UTF-8"'],
    ['ja_JP.UTF-8', [], /KEY_BLOCKED\s+このプロダクト/, 'volact: そのほかの説明は英語のみです。\n'],
    ['C', ['KEY_BLOCKED', '--json'], /"lang":"en"/, ''],
  ])('speaks the language of LANG=%s with %j', async (LANG, args, says, note) => {
    const written = { out: '', err: '' }
    const status = await run(['explain', ...args], {
      ...world,
      out: (text) => (written.out += text),
      err: (text) => (written.err += text),
      surroundings: { ...world.surroundings, env: { LANG } },
    })
    expect(status).toBe(0)
    expect(written.out).toMatch(says)
    expect(written.err.slice(0, Math.max(note.length, 1))).toBe(note)
  })
})

function rowOf(code: string): Sentences {
  const explanation = explainCode(code)
  if (explanation?.kind !== 'row') throw new Error(`${code} has no row`)
  return explanation.row
}

function paths(command: Command, above: string): readonly string[] {
  const path = `${above}${command.name()}`
  return [path, ...command.commands.flatMap((below) => paths(below, `${path} `))]
}

function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/volact(?: [a-z]+)+/g)].map(([command]) => command)
}

/** What is the same in every language: commands, options, ports and the names of techniques. */
function technical(text: string): readonly string[] {
  return [...text.matchAll(/volact(?: [a-z]+)+(?: KEY)?|--[a-z]+|1688|SRV|NTP|Microsoft|Windows|sudo/g)]
    .map(([word]) => word)
    .sort()
}
