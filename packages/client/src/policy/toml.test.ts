import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { ActivationError } from '@volact/core/errors/activation-error'
import { parseToml, type PlainToml } from './toml.ts'

/** Builds the same nested objects that a whole TOML reader gives. */
function nested({ tables, entries }: PlainToml): object {
  const root: Record<string, unknown> = {}
  const open = (path: readonly string[]): Record<string, unknown> =>
    path.reduce<Record<string, unknown>>((at, name) => {
      if (!Object.hasOwn(at, name)) define(at, name, {})
      return at[name] as Record<string, unknown>
    }, root)
  for (const { table } of tables) open(table)
  for (const { table, key, value } of entries) define(open(table), key, value)
  return root
}

/** Also for a key that is called `__proto__`. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** What our reader says, or that it refuses. */
function read(text: string): unknown {
  try {
    return plain(nested(parseToml(text)))
  } catch (error) {
    if (error instanceof ActivationError && error.code === 'MALFORMED') return 'refused'
    throw error
  }
}

const space = fc.constantFrom('', ' ', '\t', '  ')
const lineEnd = fc.constantFrom('\n', '\r\n')
const comment = fc.constantFrom('', '# said', '#', '# "x" = [')
const anyText = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text.isWellFormed())
const basic = anyText.map((text) =>
  JSON.stringify(text)
    .replaceAll('\u007f', '\\u007f')
    .replace(/[\u0080-\u009f]/g, ''),
)
const literal = fc.stringMatching(/^[ -&(-~]{0,12}$/).map((text) => `'${text}'`)
const quoted = fc.oneof(basic, literal)
const name = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/), fc.constantFrom('a', 'b', 'c'), quoted)
const list = fc
  .tuple(fc.array(quoted, { maxLength: 4 }), fc.constantFrom(', ', ',\n', ', # why\n '), fc.constantFrom('', ',', ' '))
  .map(([items, between, end]) => `[${items.join(between)}${items.length === 0 ? '' : end}]`)
const whole = fc.oneof(fc.integer().map(String), fc.constantFrom('+7', '-0', '1_000', '9007199254740991'))
const value = fc.oneof(quoted, list, whole, fc.constantFrom('true', 'false'))
const line = fc.oneof(
  fc
    .tuple(space, name, space, value, space, comment)
    .map(([a, key, b, one, c, end]) => `${a}${key}${b}=${b}${one}${c}${end}`),
  fc
    .tuple(space, fc.array(name, { minLength: 1, maxLength: 3 }), space, comment)
    .map(([a, path, b, end]) => `${a}[${b}${path.join(`${b}.${b}`)}${b}]${b}${end}`),
  fc.tuple(space, comment).map(([a, end]) => `${a}${end}`),
)
const document = fc.array(fc.tuple(line, lineEnd), { maxLength: 8 }).map((lines) => lines.flat().join(''))

/** What `smol-toml` says. */
function readByOther(text: string): unknown {
  try {
    return plain(parse(text))
  } catch {
    return 'refused'
  }
}

describe('the reader of policy files', () => {
  it('reads every document of its part of TOML as another TOML reader does, and refuses what that refuses', () => {
    fc.assert(
      fc.property(document, (text) => {
        expect(read(text)).toEqual(readByOther(text))
      }),
      { numRuns: 500 },
    )
  })

  it('reads nothing that another TOML reader refuses or reads otherwise, whatever is altered', () => {
    const noise = fc.constantFrom(
      '"',
      "'",
      '[',
      ']',
      '.',
      '=',
      ',',
      '#',
      '\n',
      '\r',
      '\\',
      '\\u',
      '1',
      'e',
      '_',
      '{',
      ' ',
      '"""',
    )
    fc.assert(
      fc.property(document, fc.nat(), fc.nat(3), noise, (text, at, gone, more) => {
        const place = at % (text.length + 1)
        const altered = text.slice(0, place) + more + text.slice(place + gone)
        const ours = read(altered)
        if (ours !== 'refused') expect(ours).toEqual(readByOther(altered))
      }),
      { numRuns: 500 },
    )
  })

  it('gives a value or a coded error for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        read(text)
      }),
    )
  })

  it.each([
    ['host = corp', 'line 1: expected a text'],
    ['\n\nhost = "a', 'line 3: expected a text'],
    ['a = 1\na = 2', 'line 2: "a" is there already'],
    ['[a]\n[a]', 'line 2: the table "a" is there already'],
    ['a.b = 1', 'line 1: dotted keys'],
    ['a = ["x"\n "y"]', 'line 2: expected a comma'],
    ['a = "x" b = 1', 'line 1: expected the end of the line'],
    ['a = "\\q"', 'line 1: \\q is no escape'],
    ['a = "\\ud800"', 'line 1: \\ud800 is no escape'],
    ['a = """x"""', 'line 1: expected a text'],
    ['a = 9007199254740992', 'is too large'],
    ['a = 1.5', 'line 1: expected a text'],
    ['a = 1979-05-27', 'line 1: expected a text'],
    ['a = { b = 1 }', 'line 1: expected a text'],
    ['[a', 'line 1: expected "]"'],
    ['a = ["x", 1]', 'line 1: expected a text'],
  ])('names the line of what it refuses: %j', (text, says) => {
    expect(() => parseToml(text)).toThrow(says)
  })
})
