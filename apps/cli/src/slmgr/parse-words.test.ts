import fc from 'fast-check'
import { ActivationError } from '@volact/core/errors/activation-error'
import { describe, expect, it } from 'vitest'
import { parseWords } from './parse-words.ts'
import { slmgrOptions } from './slmgr-table.ts'

const slmgr = { name: 'slmgr', options: slmgrOptions }
const key = 'GPHF4-H67V2-CT96X-2R43F-V28FX'

function read(...words: readonly string[]): readonly [string, ...string[]] | undefined {
  const typed = parseWords(words, slmgr)
  return typed && [typed.option.name, ...typed.values]
}

function refusal(...words: readonly string[]): string {
  try {
    read(...words)
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'USAGE') return error.message
    throw error
  }
  throw new Error(`${words.join(' ')} is no mistake`)
}

/** A word in some mix of small and capital letters. */
function inAnyCase(word: string): fc.Arbitrary<string> {
  return fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }).map((capitals) =>
    Array.from(word)
      .map((letter, at) => (capitals[at] ? letter.toUpperCase() : letter))
      .join(''),
  )
}

describe('the words of slmgr', () => {
  it.each([
    [
      ['/skms', 'host:1688'],
      ['skms', 'host:1688'],
    ],
    [['/skms:host:1688'], ['skms', 'host:1688']],
    [
      ['-SKMS', 'host:1688'],
      ['skms', 'host:1688'],
    ],
    [
      ['--skms', 'host:1688'],
      ['skms', 'host:1688'],
    ],
    [
      ['\u2013skms', 'host:1688'],
      ['skms', 'host:1688'],
    ],
    [
      ['/skms:', 'host:1688'],
      ['skms', 'host:1688'],
    ],
    [
      ['/skms', '[::1]:1688', 'notes-1'],
      ['skms', '[::1]:1688', 'notes-1'],
    ],
    [['/skms:[::1]:1688'], ['skms', '[::1]:1688']],
    [['/skms-domain:Corp.Test'], ['skms-domain', 'Corp.Test']],
    [
      ['/dlv', 'one', 'two', 'ALL'],
      ['dlv', 'one', 'two', 'ALL'],
    ],
    [
      ['/ipk', key],
      ['ipk', key],
    ],
    [
      ['/ilc', '/etc/some-file'],
      ['ilc', '/etc/some-file'],
    ],
    [
      ['/ad-activation-online', key, 'A name'],
      ['ad-activation-online', key, 'A name'],
    ],
  ])('%j are read', (words, expected) => {
    expect(read(...words)).toEqual(expected)
  })

  it('mean the same with any prefix, in any case, with colon or space', () => {
    const option = fc.constantFrom(...slmgrOptions)
    const prefix = fc.constantFrom('/', '-', '--')
    fc.assert(
      fc.property(
        option.chain((chosen) => fc.tuple(fc.constant(chosen), inAnyCase(chosen.name), prefix, fc.boolean())),
        ([chosen, name, sign, withColon]) => {
          const values = chosen.parameters.filter(({ takes }) => takes === 'one').map((_, place) => `value:${place}`)
          const [first, ...rest] = values
          const joined =
            withColon && first !== undefined ? [`${sign}${name}:${first}`, ...rest] : [sign + name, ...values]
          expect(read(...joined)).toEqual([chosen.name, ...values])
        },
      ),
    )
  })

  it.each([[[]], [['/?']], [['-?']], [['/help']], [['-H']], [['--help']]])('%j ask for help', (words) => {
    expect(parseWords(words, slmgr)).toBeUndefined()
  })

  it.each([
    [['/nonsense'], /no option \/nonsense; "volact slmgr \/\?" lists/],
    [['/'], /begins with \/ or -/],
    [['/ipk'], /write \/ipk <KEY>/],
    [['/ipk:'], /needs a value/],
    [['/atp'], /needs a value/],
    [['/rearm', 'now'], /too many values for \/rearm/],
    [['/skms', 'a', 'b', 'c'], /write \/skms <NAME\[:PORT\]> \[ActID\]/],
  ])('%j are no command', (words, message) => {
    expect(refusal(...words)).toMatch(message)
  })

  it('name no other machine, and do not repeat what was meant as its password', () => {
    for (const words of [
      ['pc-1', '/dlv'],
      ['pc-1', 'admin', 'hunter2', '/dlv'],
    ]) {
      const message = refusal(...words)
      expect(message).toContain('with ssh')
      expect(message).not.toContain('hunter2')
      expect(message).not.toContain('admin ')
    }
  })

  it('never repeat a product key where none belongs', () => {
    const written = fc.constantFrom(key, key.toLowerCase(), key.replaceAll('-', ''), key.replaceAll('-', '\u2013'))
    const names = slmgrOptions.map(({ name }) => `/${name}`)
    fc.assert(
      fc.property(
        written,
        fc.constantFrom(...names, '', '/no', 'pc-1'),
        fc.constantFrom(':', '', ' '),
        (text, name, joint) => {
          const words = joint === ' ' ? [name, text, text] : [name + joint + text]
          try {
            read(...words)
          } catch (error) {
            if (!(error instanceof ActivationError)) throw error
            expect(error.message.replaceAll(/[^A-Z0-9]/gi, '').toUpperCase()).not.toContain('GPHF4H67V2')
          }
        },
      ),
    )
    expect(refusal('/ato', key)).toContain('…-V28FX looks like a product key')
  })
})
